package org.patchgrid.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyConfigReader;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.estimate.SweepCost;
import org.patchgrid.study.Component;
import org.patchgrid.study.Distances;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.JointSite;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.Limit;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PathFreeze;
import org.patchgrid.study.PathReceiver;
import org.patchgrid.study.PathSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SitePlace;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TestStructures;

class StudyPlannerTest {
  private static final double TEN_TOKENS = 10;

  /** Six layers, six query heads that share three key-value heads, no q-norm and no k-norm. */
  private static final ModelStructure ATLAS =
      TestStructures.of(
          "atlas-6l",
          6,
          6,
          3,
          96,
          16,
          256,
          512,
          EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM)));

  @Test
  void theGuidesTwelveAtEveryLayer() {
    StudyPlan plan = plan("sweep {}", 4);
    assertThat(plan.sites()).hasSize(12 * 6);
    assertThat(plan.sites().stream().map(s -> patch(s).component()).distinct())
        .isEqualTo(Component.GUIDE);
    assertThat(plan.cells()).isEqualTo(4 * 72);
    assertThat(plan.cellsAreEstimated()).isFalse();
    assertThat(plan.taskCount()).isEqualTo(1);
    assertThat(plan.forwardEquivalents()).isBetween(4 * 8.0, 4 * 12.0);
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void sitesAreOrderedBySweepDirectionComponentLayerHeadAndPosition() {
    StudyPlan plan =
        plan(
            """
            sweeps {
              b { components = [mlp], layers = [2], positions = last }
              a {
                directions = [noising, denoising], components = [self_attn.z, mlp], layers = [3, 1]
                heads = [2, 0], positions = [4, 3]
              }
            }
            """,
            1);
    assertThat(plan.sites())
        .startsWith(
            site("a", PatchDirection.NOISING, Component.Z, 1, HeadSelection.one(0), 4),
            site("a", PatchDirection.NOISING, Component.Z, 1, HeadSelection.one(0), 3),
            site("a", PatchDirection.NOISING, Component.Z, 1, HeadSelection.one(2), 4),
            site("a", PatchDirection.NOISING, Component.Z, 1, HeadSelection.one(2), 3),
            site("a", PatchDirection.NOISING, Component.Z, 3, HeadSelection.one(0), 4))
        .contains(site("a", PatchDirection.NOISING, Component.MLP, 1, HeadSelection.ALL, 4))
        .endsWith(
            site("a", PatchDirection.DENOISING, Component.MLP, 3, HeadSelection.ALL, 3),
            new SweepSite(
                "b",
                PatchDirection.DENOISING,
                new PatchSite(Component.MLP, 2, 1, HeadSelection.ALL, new Positions.Last())))
        .hasSize(2 * (2 * 2 * 2 + 2 * 2) + 1);
  }

  @Test
  void headsAreThoseOfTheComponent() {
    StudyPlan plan =
        plan(
            "sweep { components = [self_attn.z, self_attn.k_proj, mlp], layers = 0, heads = each }",
            1);
    assertThat(plan.sites().stream().filter(s -> patch(s).component() == Component.Z)).hasSize(6);
    assertThat(plan.sites().stream().filter(s -> patch(s).component() == Component.K_PROJ))
        .hasSize(3);
    assertThat(plan.sites().stream().filter(s -> patch(s).component() == Component.MLP))
        .singleElement()
        .satisfies(s -> assertThat(patch(s).heads()).isEqualTo(HeadSelection.ALL));
  }

  @Test
  void distancesNeedEveryLogitWhereTheyAreNotLinear() {
    ModelStructure capped =
        new ModelStructure(
            "capped", 6, 6, 3, 96, 16, 256, 512, ATLAS.components(), false, false, ATLAS.modules());
    String study = "metrics = [l2], sweep {}";
    assertThat(StudyPlanner.plan(study(study), ATLAS, 100_000, TEN_TOKENS).distances())
        .isEqualTo(Distances.FACTOR);
    assertThat(StudyPlanner.plan(study(study), capped, 100_000, TEN_TOKENS).distances())
        .isEqualTo(Distances.LOGITS);
    assertThatThrownBy(
            () ->
                StudyPlanner.plan(
                    study(study + ", execution.distances = factor"), capped, 1, TEN_TOKENS))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining(
            "Cannot use execution.distances = factor with capped: its logits are capped");
  }

  @Test
  void eachPositionIsOneSiteAndManyCells() {
    StudyPlan plan = plan("sweep { components = [mlp, output], positions = each }", 7);
    assertThat(plan.sites()).hasSize(12);
    assertThat(plan.cells()).isEqualTo(7 * 12 * 10);
    assertThat(plan.cellsAreEstimated()).isTrue();
  }

  @Test
  void aFullPathIsItsLayerOnly() {
    StudyPlan plan = plan("sweep { components = [blocks.3.attn.hook_z, model.layers.1.mlp] }", 1);
    assertThat(plan.sites())
        .extracting(s -> patch(s).component() + "@" + patch(s).layer())
        .containsExactly("self_attn.z@3", "mlp@1");
    assertThatThrownBy(() -> plan("sweep { components = [blocks.3.hook_z], layers = [0, 1] }", 1))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot patch 'blocks.3.hook_z': layers = [0, 1] leaves its layer out; add layer 3 or"
                + " drop the component");
  }

  @Test
  void aSiteThatIsListedTwiceIsPatchedOnceAndNoted() {
    StudyPlan plan = plan("sweep { components = [mlp, hook_mlp_out, blocks.2.hook_mlp_out] }", 1);
    assertThat(plan.sites()).hasSize(6);
    assertThat(plan.notes()).containsExactly("mlp is listed twice: patched once");
    assertThat(plan("sweep { components = [mlp], layers = [0, 0], heads = [1, 1] }", 1).sites())
        .hasSize(1);
    assertThat(plan("sweep { components = [mlp], positions = [3, 3] }", 1).sites()).hasSize(6);
  }

  @Test
  void everythingTheModelLacksIsReportedTogether() {
    assertThatThrownBy(
            () ->
                plan(
                    """
                    sweeps {
                      a { components = [self_attn.z, self_attn.k_proj], layers = 3, heads = [12, 4] }
                      b { components = [mlpp, self_attn.q_norm, blocks.9.mlp], layers = "4-8" }
                      c { layers = [0, 6, 7] }
                    }
                    """,
                    1))
        .isInstanceOf(PatchgridException.class)
        .hasMessageMatching(
            """
            Cannot patch head 12 of self_attn.z in sweep 'a': atlas-6l has 6 heads \\(0-5\\)
            Cannot patch head 4 of self_attn.k_proj in sweep 'a': atlas-6l has 3 key-value heads \\(0-2\\)
            Cannot patch head 12 of self_attn.k_proj in sweep 'a': atlas-6l has 3 key-value heads \\(0-2\\)
            Cannot patch layers 4-8 in sweep 'b': atlas-6l has 6 layers \\(0-5\\)
            Unknown component 'mlpp': atlas-6l has .* in sweep 'b'
            Unknown component 'self_attn.q_norm': atlas-6l has .* in sweep 'b'
            Cannot patch 'blocks.9.mlp' in sweep 'b': atlas-6l has 6 layers \\(0-5\\)
            Cannot patch layer 6 in sweep 'c': atlas-6l has 6 layers \\(0-5\\)
            Cannot patch layer 7 in sweep 'c': atlas-6l has 6 layers \\(0-5\\)\
            """
                .strip());
  }

  @Test
  void setsAndTheirComplements() {
    StudyPlan plan =
        plan("sweep { sets { movers = [\"self_attn.z@5.1\", \"hook_z@5.2\", \"mlp@3\"] } }", 1);
    List<SitePlace> places =
        List.of(
            new SitePlace(Component.Z, 5, HeadSelection.one(1)),
            new SitePlace(Component.Z, 5, HeadSelection.one(2)),
            new SitePlace(Component.MLP, 3, HeadSelection.ALL));
    assertThat(plan.sites())
        .extracting(SweepSite::site)
        .containsExactly(
            new JointSite("movers", JointSite.Part.SET, places, new Positions.All()),
            new JointSite("movers", JointSite.Part.COMPLEMENT, places, new Positions.All()));
    JointSite complement = (JointSite) plan.sites().get(1).site();
    assertThat(complement.written(ATLAS))
        .hasSize(5 + 4 + 5) // layers of z, heads of layer 5, layers of mlp
        .contains(
            new SitePlace(Component.Z, 4, HeadSelection.ALL),
            new SitePlace(Component.Z, 5, HeadSelection.one(0)),
            new SitePlace(Component.MLP, 5, HeadSelection.ALL))
        .doesNotContainAnyElementsOf(places);
  }

  @Test
  void pathsLeadForward() {
    StudyPlan plan =
        plan(
            """
            sweep {
              components = [self_attn.z, mlp], layers = [2, 4], heads = [1]
              receivers = [final, "self_attn.k_proj@4.2"]
            }
            """,
            1);
    assertThat(plan.sites().stream().map(s -> ((PathSite) s.site())))
        .hasSize(6)
        .allMatch(PathSite::leadsForward)
        .contains(
            new PathSite(
                new SitePlace(Component.Z, 2, HeadSelection.one(1)),
                new PathReceiver.Attention(
                    new SitePlace(Component.K_PROJ, 4, HeadSelection.one(2))),
                PathFreeze.HEADS));
    assertThat(plan.notes())
        .containsExactly(
            "2 paths would lead back and are left out: a receiver must be in a later layer than its sender");
  }

  @Test
  void entriesOfPatternsAreCountedTwice() {
    StudyPlan plan =
        plan(
            """
            sweep {
              components = [self_attn.pattern], layers = 0, heads = [0]
              positions = each, source-positions = each
            }
            """,
            3);
    assertThat(plan.cells()).isEqualTo(3 * 10 * 10);
    assertThat(plan.cellsAreEstimated()).isTrue();
  }

  @Test
  void entriesAtSeveralLabelsAreOneSiteSinceLabelsMayOverlap() {
    StudyPlan plan =
        plan(
            """
            sweep {
              components = [self_attn.pattern], layers = 0, heads = [0]
              positions = last, source-positions = { labels = [subject, subject.first] }
            }
            """,
            3);
    assertThat(plan.sites()).hasSize(1);
    assertThat(plan.cells()).isEqualTo(3 * 2);
  }

  @Test
  void whatNoSiteCanBeIsReportedTogether() {
    assertThatThrownBy(
            () ->
                plan(
                    """
                    sweeps {
                      a { sets { x = ["mlp@6", "mlp@1.2", "z@1", "self_attn.z@1.6", mlp] } }
                      b { components = [resid_pre, mlp], layers = 5, receivers = ["mlp@5", "self_attn.v_proj@5.3"] }
                      c { components = [mlp], source-positions = last }
                      d { components = [self_attn.pattern], value = mean }
                    }
                    """,
                    1))
        .isInstanceOf(PatchgridException.class)
        .message()
        .satisfies(
            message ->
                assertThat(message.lines())
                    .anyMatch(l -> l.startsWith("Unknown component 'z': atlas-6l has resid_pre"))
                    .contains(
                        "Cannot patch 'mlp@6' in sweep 'a': atlas-6l has 6 layers (0-5)",
                        "Cannot patch 'mlp@1.2' in sweep 'a': mlp has no heads; write mlp@1",
                        "Cannot patch head 6 of self_attn.z in sweep 'a': atlas-6l has 6 heads (0-5)",
                        "Cannot patch 'mlp' in sweep 'a': write COMPONENT@LAYER or"
                            + " COMPONENT@LAYER.HEAD, as self_attn.z@9.6",
                        "Cannot receive at 'mlp@5' in sweep 'b': a path ends at final, or at"
                            + " q_proj, k_proj or v_proj of a layer",
                        "Cannot patch head 3 of self_attn.v_proj in sweep 'b': atlas-6l has 3"
                            + " key-value heads (0-2)",
                        "Cannot send from resid_pre in sweep 'b': a path begins at what is added to"
                            + " the residual stream, self_attn.z, self_attn, mlp",
                        "Cannot patch source positions of mlp in sweep 'c': only self_attn.pattern"
                            + " has an entry a source position; leave source-positions out",
                        "Cannot write means of self_attn.pattern in sweep 'd': its numbers are one"
                            + " a position, and prompts differ in length; leave it out"));
  }

  @Test
  void noiseCostsItsSamples() {
    String study = "sweep { components = [mlp], corruption = noise { label = s, samples = %d } }";
    double one = plan(study.formatted(1), 1).operations();
    double ten = plan(study.formatted(10), 1).operations();
    assertThat(ten / one).isBetween(5.0, 10.0);
  }

  @Test
  void aScreenEstimatesAllAndMeasuresSome() {
    String screen =
        "sweeps { a { components = [mlp, self_attn], screen { top = 25%, sample = 10% } }, b { components = [output] } }, execution.sites-per-task = 5, execution.pairs-per-task = 4";
    StudyPlan plan = plan(screen, 20);
    assertThat(plan.sites().stream().map(SweepSite::sweep).distinct())
        .containsExactly("a.screen", "a", "a.sample", "b");
    assertThat(plan.sites()).hasSize(3 * 12 + 6);
    assertThat(plan.sites().subList(0, 12)).noneMatch(SweepSite::isRun);
    assertThat(plan.sites().subList(12, 42)).allMatch(SweepSite::isRun);
    // Estimates, a quarter of the places on all pairs and all places on two, and the other sweep.
    assertThat(plan.cells()).isEqualTo(20 * 12 + 20 * 3 + 2 * 12 + 20 * 6);
    assertThat(plan.cellsAreEstimated()).isTrue();
    assertThat(plan.describe(new PromptSurvey()))
        .contains(
            "screen               a: all places estimated, the first 25% by l2 measured on every pair, all on 2 of them");

    // No task has sites of both kinds: 12 sites are three tasks, 30 are six.
    assertThat(plan.taskCount()).isEqualTo(5 * 9);
    for (int number = 0; number < plan.taskCount(); number++) {
      PatchTask task = plan.task(number);
      assertThat(plan.screens(number)).isEqualTo(number % 9 < 3);
      assertThat(task.endSite() <= 12 || task.firstSite() >= 12).isTrue();
      assertThat(task.reportsPairs()).isEqualTo(number % 9 == 0);
    }
    assertThat(plan.task(2)).isEqualTo(new PatchTask(2, 0, 4, 10, 12));
    assertThat(plan.task(3)).isEqualTo(new PatchTask(3, 0, 4, 12, 17));
    assertThat(plan.task(8)).isEqualTo(new PatchTask(8, 0, 4, 37, 42));

    String places = "components = [self_attn.z], heads = each, positions = each";
    StudyPlan whole = plan("sweep { %s }".formatted(places), 100);
    StudyPlan screened = plan("sweep { %s, screen {} }".formatted(places), 100);
    assertThat(screened.operations()).isLessThan(whole.operations() / 2);
    assertThat(screened.notes()).isEmpty();
    assertThat(plan("sweep { screen { sample = 100% } }", 3).notes())
        .containsExactly(
            "to measure every place of sweep 'default' on every pair takes no longer than its"
                + " screen: leave screen out, or lower its sample");
  }

  @Test
  void aTaskHoldsAsManyPairsAsItsNominalTime() {
    double pass = SweepCost.ofPass(ATLAS, 10);
    // 72 cells and two runs a pair
    double seconds = 5.5 * 74 * pass / NominalCost.OPERATIONS_PER_SECOND;
    StudyPlan plan = plan(oneByOne(seconds), 12);
    assertThat(plan.pairsPerTask()).isEqualTo(5);
    assertThat(plan.sitesPerTask()).isEqualTo(72);
    assertThat(plan.taskCount()).isEqualTo(3);
    assertThat(plan.task(2)).isEqualTo(new PatchTask(2, 10, 12, 0, 72));
    assertThat(plan.nominalSeconds())
        .isCloseTo(12 * 74 * pass / NominalCost.OPERATIONS_PER_SECOND, withinPercentage(1e-9));
    assertThat(plan.forwardEquivalents()).isCloseTo(12 * 74, withinPercentage(1e-9));
  }

  @Test
  void onePairsSitesAreCutWhereTheyAreTooMany() {
    double pass = SweepCost.ofPass(ATLAS, 10);
    double seconds = 22.5 * pass / NominalCost.OPERATIONS_PER_SECOND;
    StudyPlan plan = plan(oneByOne(seconds), 3);
    assertThat(plan.pairsPerTask()).isEqualTo(1);
    assertThat(plan.sitesPerTask()).isEqualTo(20);
    assertThat(plan.taskCount()).isEqualTo(3 * 4);
    assertThat(plan.task(0).reportsPairs()).isTrue();
    assertThat(plan.task(3)).isEqualTo(new PatchTask(3, 0, 1, 60, 72));
    assertThat(plan.task(4)).isEqualTo(new PatchTask(4, 1, 2, 0, 20));
    assertThat(plan.forwardEquivalents()).isCloseTo(3 * 72 + 2 * 3 * 4, withinPercentage(1e-9));
    StudyPlan smallest = plan("sweep {}, execution.task-seconds = 1e-9", 3);
    assertThat(smallest.pairsPerTask()).isEqualTo(1);
    assertThat(smallest.sitesPerTask()).isEqualTo(1);
  }

  @Test
  void theOperationsOfAPassAreCounted() {
    // q and o: 96 x 96, k and v: 96 x 48, three of 96 x 256; T = 10
    double elements = 2 * 96 * 96 + 2 * 96 * 48 + 3 * 96 * 256;
    assertThat(SweepCost.ofPass(ATLAS, 10))
        .isEqualTo(6 * (2 * elements * 10 + 4 * 10 * 10 * 96 + 5e6) + 2 * 96 * 512);
  }

  @Test
  void wavesCostLessThanAPassACell() {
    StudyPlan waves = plan("sweep { components = all, positions = each }", 1);
    StudyPlan passes =
        plan("sweep { components = all, positions = each }, execution.engine = reference", 1);
    assertThat(waves.cells()).isEqualTo(passes.cells());
    assertThat(waves.operations()).isLessThan(passes.operations() / 4);
    StudyPlan longer =
        StudyPlanner.plan(study("sweep { components = all, positions = each }"), ATLAS, 1, 2000);
    assertThat(longer.operations()).isGreaterThan(waves.operations() * 200 * 200);
  }

  @Test
  void passesOneByOneAreThoseOfEverySampleAndOfBothEndsOfAPath() {
    double mlps = 6;
    String noise = "components = [mlp], corruption = noise { label = subject, samples = 4 }";
    assertThat(passesBesideTwo("{ %s }".formatted(noise))).isCloseTo(4 * (mlps + 2), within(1e-9));
    assertThat(passesBesideTwo("{ components = [mlp], value = attribution, steps = 5 }"))
        .isCloseTo(1 + 3 * 5, within(1e-9));
    String path = "components = [mlp], layers = [0], receivers = ";
    assertThat(passesBesideTwo("{ %s[final] }".formatted(path))).isCloseTo(1, within(1e-9));
    assertThat(passesBesideTwo("{ %s[\"self_attn.q_proj@2.1\"] }".formatted(path)))
        .isCloseTo(2, within(1e-9));
  }

  /** Of the reference engine, for one pair, beyond its clean and corrupted run. */
  private double passesBesideTwo(String sweep) {
    return plan("sweep %s, execution.engine = reference".formatted(sweep), 1).forwardEquivalents()
        - 2;
  }

  private static String oneByOne(double seconds) {
    return "sweep {}, execution { engine = reference, task-seconds = " + seconds + " }";
  }

  @Test
  void aStoredCutIsUsedAsItIs() {
    StudyConfig study = study("sweep {}");
    StudyPlan planned = StudyPlanner.plan(study, ATLAS, 100, TEN_TOKENS);
    StudyConfig stored =
        study("sweep {}, execution { task-seconds = 1e-9 }")
            .resolved(
                Kernel.PLAIN, Distances.LOGITS, planned.pairsPerTask(), planned.sitesPerTask());
    assertThat(StudyPlanner.plan(stored, ATLAS, 100, 55))
        .extracting(StudyPlan::pairsPerTask, StudyPlan::sitesPerTask)
        .containsExactly(planned.pairsPerTask(), planned.sitesPerTask());
    assertThat(plan("sweep {}, execution { pairs-per-task = 3, sites-per-task = 500 }", 10))
        .extracting(StudyPlan::pairsPerTask, StudyPlan::sitesPerTask)
        .containsExactly(3, 72);
  }

  @Test
  void tasksCoverEveryPairAndSiteExactlyOnce() {
    Random random = new Random(11);
    for (int shape = 0; shape < 300; shape++) {
      int pairs = 1 + random.nextInt(40);
      String cut =
          "execution { pairs-per-task = %d, sites-per-task = %d }"
              .formatted(1 + random.nextInt(45), 1 + random.nextInt(80));
      String layers = "sweep { layers = \"0-%d\" }, ".formatted(random.nextInt(6));
      StudyPlan plan = plan(layers + (random.nextInt(4) == 0 ? "" : cut), pairs);
      int sites = plan.sites().size();
      BitSet covered = new BitSet();
      Set<Long> reported = new HashSet<>();
      for (int number = 0; number < plan.taskCount(); number++) {
        PatchTask task = plan.task(number);
        for (long pair = task.firstPair(); pair < task.endPair(); pair++) {
          for (int site = task.firstSite(); site < task.endSite(); site++) {
            int cell = (int) pair * sites + site;
            assertThat(covered.get(cell)).isFalse();
            covered.set(cell);
          }
          if (task.reportsPairs()) {
            assertThat(reported.add(pair)).isTrue();
          }
        }
      }
      assertThat(covered.cardinality()).isEqualTo(pairs * sites);
      assertThat(covered.length()).isEqualTo(pairs * sites);
      assertThat(reported).hasSize(pairs);
    }
  }

  @Test
  void tenMillionPairsNeedNoList() {
    StudyPlan plan = plan("sweep {}, execution { pairs-per-task = 7 }", 10_000_000);
    assertThat(plan.taskCount()).isEqualTo(1_428_572);
    assertThat(plan.task(1_428_571))
        .isEqualTo(new PatchTask(1_428_571, 9_999_997, 10_000_000, 0, 72));
    assertThat(plan.cells()).isEqualTo(720_000_000);
    assertThatThrownBy(
            () ->
                plan("sweep {}, execution { pairs-per-task = 1, sites-per-task = 1 }", 100_000_000))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot plan 7.20e+09 tasks, the most is 2147483647: raise execution.task-seconds");
  }

  @Test
  void thePlanDescribesItself() {
    StudyPlan plan = plan("sweep { components = [mlp, hook_mlp_out], positions = each }", 1);
    assertThat(plan.describe(survey(11)))
        .isEqualTo(
            """
            study                s on atlas-6l
            pairs                1
            tokens a prompt      11.0 (mean of 1 pair)
            sites                6 (default)
            cells                66
            tasks                1 of 1 pair x 6 sites
            forward equivalents  7.8 (estimated)
            nominal time         0.0 s at 100 GFLOP/s
            note                 mlp is listed twice: patched once
            """);
  }

  @Test
  void aPlanSaysThatPredictionsAreYetToBeSeen() {
    assertThat(plan("prompts.require = both, sweep {}", 1).notes())
        .containsExactly(
            "prompts.require skips pairs by what the model predicts, which only the run will tell");
  }

  private static PromptSurvey survey(int... lengths) {
    PromptSurvey survey = new PromptSurvey();
    for (int length : lengths) {
      survey.add(PromptSurveyTest.pair(length, PairStatus.OK));
    }
    return survey;
  }

  @Test
  void refusesMoreSitesThanAreAllowed() {
    System.setProperty(Limit.SITES.property(), "100");
    try {
      assertThatThrownBy(
              () -> plan("sweep { components = all, positions = [0, 1, 2, 3, 4, 5, 6, 7] }", 1))
          .isInstanceOf(PatchgridException.class)
          .hasMessage(
              "Cannot plan more than 100 sites: at most 100 are allowed; set"
                  + " -Dpatchgrid.limit.sites to allow more");
    } finally {
      System.clearProperty(Limit.SITES.property());
    }
  }

  static ModelStructure atlas() {
    return ATLAS;
  }

  static StudyConfig study(String rest) {
    String text = "study.id = s, model.path = m, prompts.path = p.jsonl\n" + rest;
    return StudyConfigReader.read("s.conf", text, new StudyOverrides(List.of(), Optional.empty()));
  }

  private static StudyPlan plan(String study, long pairs) {
    return StudyPlanner.plan(study(study), ATLAS, pairs, TEN_TOKENS);
  }

  private static SweepSite site(
      String sweep,
      PatchDirection direction,
      Component component,
      int layer,
      HeadSelection heads,
      int position) {
    return new SweepSite(
        sweep, direction, new PatchSite(component, layer, 1, heads, new Positions.At(position)));
  }

  private static PatchSite patch(SweepSite site) {
    return (PatchSite) site.site();
  }
}
