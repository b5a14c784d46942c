import Console
import Domain
import EmbeddedCatalogue
import Foundation

/// Runs a daemon against a catalogue on loopback and shows what comes of it.
struct Demonstration {
    let folder: URL
    let scenes: any DemoScenes
    private let catalogue: EmbeddedCatalogueServer
    private let receiver: WebhookReceiver

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    init(folder: URL, scenes: any DemoScenes) throws {
        self.folder = folder
        self.scenes = scenes
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty else {
            throw Failed(description: "\(folder.path) is not empty: name a new folder with --keep")
        }
        catalogue = EmbeddedCatalogueServer(root: folder.appendingPathComponent("catalogue"))
        receiver = WebhookReceiver(folder: folder.appendingPathComponent("webhooks"))
    }

    func run() async throws {
        print("fringewatch demo: \(scenes.story)")
        print("everything is kept in \(folder.path)\n")
        try publishArchive()
        let address = try await catalogue.start()
        let hook = try await receiver.start()
        let layout = DemoLayout(folder: folder)
        try layout.write(scenes: scenes, catalogue: address.jasmin, webhook: hook)
        let daemon = try DemoDaemon(configuration: layout.configuration, log: layout.log)
        do {
            try await watch(daemon, layout)
        } catch {
            await daemon.stop()
            await catalogue.stop()
            await receiver.stop()
            throw error
        }
        await daemon.stop()
        await catalogue.stop()
        await receiver.stop()
    }

    /// What is in the archive when the daemon first looks is known and never fetched, so its files need no content.
    private func publishArchive() throws {
        let nothing = folder.appendingPathComponent("archived.tif")
        try Data("archived before the demonstration\n".utf8).write(to: nothing)
        for pair in scenes.archive {
            try catalogue.folder.publish(InterferogramID(frame: scenes.frame, pair: pair), phase: nothing, coherence: nil)
        }
        if let polygon = scenes.polygon { try catalogue.folder.publish(polygon, of: scenes.frame) }
        if let elevation = try scenes.elevation(folder: folder) { try catalogue.folder.publish(elevation: elevation, of: scenes.frame) }
    }

    private func watch(_ daemon: DemoDaemon, _ layout: DemoLayout) async throws {
        let client = ConsoleClient(runtimeDirectory: layout.runtime)
        try await daemon.until("the daemon knows the archive", within: 30) {
            let report = try await client.ask("/v1/status", as: StatusReport.self)
            return report.outcomes["baseline"] == scenes.archive.count
        }
        let archived = scenes.archive.count
        print("The daemon runs; \(counted(archived, "archived interferogram")) \(archived == 1 ? "is" : "are") known and not alerted on.")
        print("Now new ones appear in the catalogue:\n")
        let work = folder.appendingPathComponent("made")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        for pair in scenes.news {
            let id = InterferogramID(frame: scenes.frame, pair: pair)
            let files = try scenes.files(of: pair, folder: work)
            try catalogue.folder.publish(id, phase: files.phase, coherence: files.coherence)
            let published = ContinuousClock.now
            var reports: [ExplanationReport] = []
            try await daemon.until("\(pair) is assessed and its messages are sent", within: 60) {
                reports = try await client.ask("/v1/explain", query: [("frame", scenes.frame.name), ("pair", pair.description)])
                return reports.first?.outcome != nil && reports.allSatisfy { $0.deliveries.allSatisfy { $0.state.kind == .delivered } }
            }
            let seconds = (ContinuousClock.now - published) / .seconds(1)
            print(DemoAccount.line(for: pair, reports, seconds: seconds))
        }
        try await DemoAccount(client: client, layout: layout, receiver: receiver).show()
    }
}
