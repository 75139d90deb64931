package org.patchgrid;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.patchgrid.kernel.Activation;
import org.patchgrid.kernel.Linear;
import org.patchgrid.kernel.RotaryPairs;

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
      classes()
          .that()
          .resideInAnyPackage("org.patchgrid.transformer", "org.patchgrid.hook")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "ai.djl..",
              "org.patchgrid.study",
              "org.patchgrid.kernel",
              "org.patchgrid.transformer",
              "org.patchgrid.hook");

  /** What a run comes to, what runs together and what it takes is decided before any tensor. */
  @ArchTest
  static final ArchRule RUNS_ARE_PLANNED_WITHOUT_TENSORS =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.patchgrid.patch",
              "org.patchgrid.wave",
              "org.patchgrid.estimate",
              "org.patchgrid.simulated")
          .and()
          .haveNameNotMatching(
              "org\\.patchgrid\\.wave\\.(Wave(Run|frontEngine)|PatternEntries)\\b.*")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule CHECKPOINTS_ARE_READ_WITHOUT_THE_ENGINE =
      noClasses()
          .that()
          .resideInAPackage("org.patchgrid.checkpoint")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  /** Arithmetic is chosen in one place: others ask for a linear map, or for the forward pass. */
  @ArchTest
  static final ArchRule KERNELS_ARE_FOR_THOSE_WHO_COMPUTE =
      classes()
          .that()
          .resideInAPackage("org.patchgrid.kernel")
          .should()
          .onlyHaveDependentClassesThat()
          .resideInAnyPackage(
              "org.patchgrid.kernel",
              "org.patchgrid.hook",
              "org.patchgrid.transformer",
              "org.patchgrid.family", // prepares linear maps and applies none
              "org.patchgrid.weights",
              "org.patchgrid.attribution",
              "org.patchgrid.reference",
              "org.patchgrid.wave",
              "org.patchgrid.experiment");

  @ArchTest
  static final ArchRule FAMILIES_KNOW_OF_KERNELS_ONLY_WHAT_THEY_COMPUTE =
      noClasses()
          .that()
          .resideInAPackage("org.patchgrid.family")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.patchgrid.kernel")
                  .and(not(type(Linear.class)))
                  .and(not(type(Activation.class)))
                  .and(not(type(RotaryPairs.class))));

  /** What DJL has for PyTorch alone is not its API and changes with it. */
  @ArchTest
  static final ArchRule THE_ENGINES_OWN_CLASSES_STAY_IN_ONE_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.patchgrid.kernel")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl.pytorch..");

  /** Its users meet plain values; nothing of the engine's lifetime rules reaches them. */
  @ArchTest
  static final ArchRule THE_API_SHOWS_NO_TENSORS =
      noClasses()
          .that()
          .resideInAPackage("org.patchgrid.model")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.patchgrid.(*)..").should().beFreeOfCycles();
}
