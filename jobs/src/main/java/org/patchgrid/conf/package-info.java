/**
 * The study file: {@link org.patchgrid.conf.StudyConfigReader} makes a valid {@link
 * org.patchgrid.conf.StudyConfig} of it or reports everything that is wrong with it at once; {@link
 * org.patchgrid.conf.StudyConfig#render} writes it back with every default. No Spark, no model:
 * what only a model can say (whether it has a component, a layer, a head) is for {@code
 * org.patchgrid.plan}.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.conf;
