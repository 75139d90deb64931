package org.patchgrid;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may use whom (docs/internals.md). */
@AnalyzeClasses(
    packages = {
      "org.patchgrid.figure",
      "org.patchgrid.results",
      "org.patchgrid.report",
      "org.patchgrid.web"
    },
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule PAGES_KNOW_NEITHER_CLUSTER_NOR_ENGINE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.spark..", "org.apache.hadoop..", "org.apache.parquet..", "ai.djl..");

  @ArchTest
  static final ArchRule CHARTS_ARE_DRAWN_OF_PLAIN_VALUES =
      noClasses()
          .that()
          .resideInAPackage("org.patchgrid.figure")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("java..", "org.patchgrid.figure", "org.jspecify..");

  @ArchTest
  static final ArchRule ONLY_RESULTS_KNOW_THE_DATABASE =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.patchgrid.results")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.duckdb..", "java.sql..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.patchgrid.(*)..").should().beFreeOfCycles();
}
