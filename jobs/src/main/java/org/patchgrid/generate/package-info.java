/**
 * Prompt sets for a model's tokenizer, of the tasks that the field studies: {@link
 * org.patchgrid.generate.PromptSetMaker} draws pairs of a {@link org.patchgrid.generate.Task} until
 * there are as many as asked for, or none is left. Words are in resource files, which say where
 * they are from.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.generate;
