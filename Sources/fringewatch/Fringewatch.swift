import ArgumentParser

@main
struct Fringewatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fringewatch",
        abstract: "Watches Sentinel-1 interferograms for deforming volcanoes and alerts observatories.",
        discussion: """
            Data go to standard output, messages to standard error. Every command that prints data takes --json.

            Exit codes: 0 done, 1 failed, 2 the daemon runs but is degraded, 64 wrong usage, 69 the daemon cannot be reached,
            75 failed for now, try again, 78 the configuration is wrong.

            Shell completions: fringewatch --generate-completion-script bash|zsh|fish
            """,
        version: fringewatchVersion,
        groupedSubcommands: [
            CommandGroup(name: "Service", subcommands: [RunCommand.self, CheckConfigCommand.self, StatusCommand.self]),
            CommandGroup(name: "Alerts", subcommands: [AlertsCommand.self, ExplainCommand.self, DeliveriesCommand.self, SendTestAlertCommand.self]),
            CommandGroup(name: "Experts", subcommands: [ReviewCommand.self, RetrainCommand.self, ModelCommand.self]),
            CommandGroup(name: "Volcanoes", subcommands: [PriorityCommand.self]),
            CommandGroup(name: "Models", subcommands: [TrainCommand.self, EvaluateCommand.self]),
            CommandGroup(name: "Interferograms", subcommands: [ScanCommand.self, SynthesizeCommand.self, DemoCommand.self]),
        ])
}
