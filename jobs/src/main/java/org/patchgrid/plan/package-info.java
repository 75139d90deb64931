/**
 * What a study will do, as plain data: {@link org.patchgrid.plan.StudyPlanner} makes a {@link
 * org.patchgrid.plan.StudyPlan} of a study, a model's sizes and a prompt set's, without weights and
 * without Spark. {@link org.patchgrid.plan.Fingerprint} says which results belong together.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.plan;
