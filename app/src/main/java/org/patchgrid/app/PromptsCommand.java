package org.patchgrid.app;

import picocli.CommandLine.Command;

/** What is done with prompt sets, apart from studying them. */
@Command(
    name = "prompts",
    description = "Check a prompt set on a model, or make one for it.",
    mixinStandardHelpOptions = true,
    footerHeading = Patchgrid.EXAMPLES,
    footer = "  ./patchgrid prompts check --help",
    subcommands = {PromptsCheckCommand.class, PromptsMakeCommand.class})
final class PromptsCommand {}
