import ArgumentParser
import Daemon
import Foundation

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "See the whole way from a catalogue to the mailbox, on this machine alone.",
        discussion: """
            Starts a daemon against a catalogue of its own on loopback, publishes interferograms into it one after the other and shows what \
            arrived: the mails, the webhooks, the picture, and what became of every interferogram. Needs no network and no root.
            """)

    @Option(
        name: .long, help: ArgumentHelp("Publish the interferograms of this LiCSAR frame folder instead of synthetic ones.", valueName: "folder"),
        completion: .directory)
    var real: String?

    @Option(
        name: .long, help: ArgumentHelp("Keep everything here; by default in a new folder below the temporary one.", valueName: "folder"),
        completion: .directory)
    var keep: String?

    func run() async throws {
        let demo: Demonstration
        do {
            let folder =
                keep.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory.appendingPathComponent("fringewatch-demo-\(getpid())")
            demo = try Demonstration(folder: folder, scenes: try real.map { try RealFrame(folder: URL(fileURLWithPath: $0)) } ?? SyntheticFrame())
            try await demo.run()
        } catch {
            say("fringewatch: \(error)")
            throw Exit.failure
        }
    }
}
