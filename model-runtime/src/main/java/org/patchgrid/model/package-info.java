/**
 * Activation patching in a few lines of Java: load a {@link org.patchgrid.model.LanguageModel},
 * {@link org.patchgrid.model.LanguageModel#trace trace} a text, read its {@link
 * org.patchgrid.model.Activation}s, and run another text with {@link
 * org.patchgrid.model.Intervention}s. The guide (docs/guide.md) goes through it step by step.
 *
 * <p>For a pair or two and for ideas that no study has a key for; a study does sweeps many times
 * faster. The numbers are the same.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.model;
