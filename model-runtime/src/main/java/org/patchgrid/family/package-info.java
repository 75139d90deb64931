/**
 * What differs from one kind of model to the next: how its configuration is read and what its
 * checkpoint calls things. Start with {@link org.patchgrid.family.ModelFamilies}.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.family;
