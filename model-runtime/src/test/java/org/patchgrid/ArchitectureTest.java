package org.patchgrid;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may use whom (docs/internals.md). */
@AnalyzeClasses(packages = "org.patchgrid", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule VOCABULARY_USES_THE_JDK_ALONE =
      classes()
          .that()
          .resideInAnyPackage("org.patchgrid.study", "org.patchgrid.metric")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "org.jspecify..", "org.patchgrid.study", "org.patchgrid.metric");

  @ArchTest
  static final ArchRule THE_FORWARD_PASS_KNOWS_NO_FILES_OR_FAMILIES =
      noClasses()
          .that()
          .resideInAnyPackage("org.patchgrid.transformer", "org.patchgrid.hook")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.patchgrid.family",
              "org.patchgrid.checkpoint",
              "org.patchgrid.tokenize",
              "org.patchgrid.experiment");

  @ArchTest
  static final ArchRule CHECKPOINTS_ARE_READ_WITHOUT_THE_ENGINE =
      noClasses()
          .that()
          .resideInAPackage("org.patchgrid.checkpoint")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.patchgrid.(*)..").should().beFreeOfCycles();
}
