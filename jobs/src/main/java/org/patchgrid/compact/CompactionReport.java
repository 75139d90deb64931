package org.patchgrid.compact;

/**
 * What {@code compact} did.
 *
 * @param files how many files the tables have now
 * @param bytes of those
 * @param filesBefore how many they were in
 * @param bytesBefore of those
 * @param directory where they are
 */
public record CompactionReport(
    String studyId,
    long pairs,
    long measurements,
    int files,
    long bytes,
    int filesBefore,
    long bytesBefore,
    String directory) {}
