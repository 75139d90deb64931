package org.patchgrid;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.patchgrid.kernel.TensorKernels;

/** Who may use whom (docs/internals.md). */
@AnalyzeClasses(
    packages = {
      "org.patchgrid.conf",
      "org.patchgrid.input",
      "org.patchgrid.generate",
      "org.patchgrid.plan",
      "org.patchgrid.execute",
      "org.patchgrid.store",
      "org.patchgrid.table",
      "org.patchgrid.aggregate",
      "org.patchgrid.compact",
      "org.patchgrid.jobs"
    },
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule JOBS_KNOW_NO_ENGINE =
      noClasses().should().dependOnClassesThat().resideInAPackage("ai.djl..");

  /** A plan records which kernel there is; only executors compute, and only by a loaded model. */
  @ArchTest
  static final ArchRule JOBS_ASK_ONLY_WHICH_KERNELS_THERE_ARE =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.patchgrid.kernel").and(not(type(TensorKernels.class))));

  @ArchTest
  static final ArchRule STUDY_AND_PLAN_NEED_NO_CLUSTER =
      noClasses()
          .that()
          .resideInAnyPackage("org.patchgrid.conf", "org.patchgrid.plan", "org.patchgrid.generate")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "org.apache.parquet..");

  @ArchTest
  static final ArchRule FILES_ARE_READ_AND_WRITTEN_WITHOUT_SPARK =
      noClasses()
          .that()
          .resideInAnyPackage("org.patchgrid.input", "org.patchgrid.store", "org.patchgrid.table")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark..");

  /** What a row is depends on nothing but rows; where files lie and count is the store's. */
  @ArchTest
  static final ArchRule TABLES_KNOW_NO_STUDY_DIRECTORY =
      noClasses()
          .that()
          .resideInAPackage("org.patchgrid.table")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.patchgrid.store", "org.patchgrid.input", "org.apache.hadoop.fs..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.patchgrid.(*)..").should().beFreeOfCycles();
}
