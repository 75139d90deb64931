/**
 * The command line: {@link org.patchgrid.app.Patchgrid} is the main class, one class a command.
 * Nothing depends on this module.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.app;
