package org.patchgrid.query;

/**
 * A column of a query's result.
 *
 * @param description may be empty
 */
public record QueryColumn(String name, ColumnType type, String description) {}
