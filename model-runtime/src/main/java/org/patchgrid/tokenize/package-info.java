/**
 * From text to token ids: prompts, answers and labels of a pair, and what is wrong with them. Start
 * with {@link org.patchgrid.tokenize.PromptTokenizer}. {@link
 * org.patchgrid.tokenize.TokenizerCheck} keeps a damaged file from taking this JVM down.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.tokenize;
