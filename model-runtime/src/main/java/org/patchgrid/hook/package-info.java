/**
 * What is read from and written into a forward pass. A forward pass shows every value once to
 * {@link org.patchgrid.hook.Hooks}; {@link org.patchgrid.hook.ActivationCache} keeps some, {@link
 * org.patchgrid.hook.Interventions} replaces some and counts that it did.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.hook;
