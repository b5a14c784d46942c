import Console
import Domain
import Foundation
import Testing

@Suite struct ModelTests {
    private static let starter = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Tests/Models/starter.safetensors")

    /// Two models that say the same: the card's name is not part of the weights, so a byte of a bias is turned.
    private func model(_ name: String, in folder: URL, turning bit: UInt8) async throws -> URL {
        let file = folder.appending(path: "\(name).safetensors")
        var data = try Data(contentsOf: Self.starter)
        // The lowest bit of the last value: a change of one part in eight million.
        data[data.count - 4] ^= bit
        try data.write(to: file)
        let sums: [String] = try await Python.json(
            "import hashlib, json, sys; json.dump([hashlib.sha256(open(f, 'rb').read()).hexdigest() for f in sys.argv[1:]], sys.stdout)",
            [Self.starter.path, file.path])
        let card = Self.starter.deletingPathExtension().appendingPathExtension("json")
        let text = try String(contentsOf: card, encoding: .utf8).replacing(sums[0], with: sums[1])
            .replacing("\"name\": \"starter\"", with: "\"name\": \"\(name)\"")
        try Data(text.utf8).write(to: file.deletingPathExtension().appendingPathExtension("json"))
        return file
    }

    @Test func `a promotion counts in the running daemon, a damaged model is refused, and a rollback goes back`() async throws {
        try await withStation { station in
            try station.configure()
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            let config = station.configuration.path
            let shipped = try await station.status().model
            let (first, second) = (
                try await model("first", in: station.folder, turning: 1), try await model("second", in: station.folder, turning: 2)
            )

            let promoted = try await station.fringewatch("model", "promote", first.path, "--config", config, "--by", "Ana", "--why", "fewer rings")
            #expect(promoted.status == 0 && promoted.output.contains("the daemon judges with it"), "\(promoted.errors)")
            let inUse = try await station.status().model
            #expect(inUse.hasPrefix("first@"))
            // The next interferogram is judged by it, and its alert says so.
            try station.publish("20250613_20250707", .uplift)
            try await station.settle("20250613_20250707", daemon)
            #expect(try await station.alerts().first?.model.description == inUse)

            // A model that is damaged before it is promoted is refused by the command.
            var bytes = try Data(contentsOf: second)
            let whole = bytes
            bytes.removeLast(1000)
            try bytes.write(to: second)
            let refused = try await station.fringewatch("model", "promote", second.path, "--config", config)
            #expect(refused.status == 1 && refused.errors.contains("is not the file its card describes"), "\(refused.errors)")
            #expect(try await station.status().model == inUse)

            // One that is damaged in the store while it judges: the one in memory judges on, and the status says so.
            let installed = station.state.appending(path: "models/\(inUse).safetensors")
            let good = try Data(contentsOf: installed)
            try good.dropLast(10).write(to: installed)
            try await station.until("the damage shows", daemon, within: 20) { try await station.status().health == .degraded }
            let degraded = try await station.status()
            #expect(degraded.model == inUse && degraded.problems.contains { $0.contains("a model is refused") && $0.contains("\(inUse) judges on") })
            try good.write(to: installed)
            try await station.until("it is well again", daemon, within: 20) { try await station.status().health == .ok }

            try whole.write(to: second)
            #expect(try await station.fringewatch("model", "promote", second.path, "--config", config, "--by", "Luis").status == 0)
            #expect(try await station.status().model.hasPrefix("second@"))
            let back = try await station.fringewatch("model", "rollback", "--config", config, "--by", "Luis", "--why", "missed an uplift")
            #expect(back.status == 0, "\(back.errors)")
            #expect(try await station.status().model == inUse)
            let listed = try await station.fringewatch("model", "list", "--config", config)
            #expect(listed.output.split(separator: "\n").count { $0.hasPrefix("*") && $0.contains(inUse) } == 1)
            #expect(listed.output.contains("shipped") && listed.output.contains(shipped))
            #expect(try await station.fringewatch("model", "show", "--config", config).output.contains(inUse))
            let history = try await station.fringewatch("model", "history", "--config", config)
            #expect(history.output.contains("missed an uplift") && history.output.contains("fewer rings") && history.output.contains("rollback"))

            // It is in force after a restart too.
            daemon.signal(SIGTERM)
            #expect(try await daemon.exit(within: 20) == 0)
            let again = try station.start()
            try await station.until("it runs again", again) { try await station.status().model == inUse }
        }
    }

    @Test func `whenever a promotion is killed, either the old model or the new one is in force`() async throws {
        try await withStation { station in
            try station.configure()
            let config = station.configuration.path
            let file = try await model("next", in: station.folder, turning: 1)
            #expect(try await station.fringewatch("model", "install", file.path, "--config", config).status == 0)
            let log = station.folder.appending(path: "promote.log")
            try Data().write(to: log)
            var seen: Set<String> = []
            for attempt in 0..<12 {
                let child = try ChildProcess(
                    Program.executable(), ["model", "promote", attempt % 2 == 0 ? "next" : "shipped", "--config", config],
                    environment: ["RUNTIME_DIRECTORY": station.runtime.path], output: log, errors: log)
                try await Task.sleep(for: .milliseconds(15 * (attempt + 1)))
                child.signal(SIGKILL)
                _ = try await child.exit(within: 10)
                let listed = try await station.fringewatch("model", "list", "--config", config)
                #expect(listed.status == 0, "\(listed.errors)")
                let inForce = listed.output.split(separator: "\n").filter { $0.hasPrefix("*") }
                #expect(inForce.count == 1)
                seen.formUnion(inForce.map(String.init))
            }
            #expect(!seen.isEmpty)
            // And the lock did not stay behind.
            let last = try await station.fringewatch("model", "list", "--config", config).output.contains("*  shipped") ? "next" : "shipped"
            let promoted = try await station.fringewatch("model", "promote", last, "--config", config)
            #expect(promoted.status == 0, "\(promoted.errors)")
        }
    }

    @Test func `a configuration that names a model is stronger than a promotion`() async throws {
        try await withStation { station in
            try station.configure(more: "detection: {model: \"\(Self.starter.path)\"}")
            let file = try await model("next", in: station.folder, turning: 1)
            let refused = try await station.fringewatch("model", "promote", file.path, "--config", station.configuration.path)
            #expect(refused.status == 1 && refused.errors.contains("detection.model"))
        }
    }

    @Test func `two models are compared on a folder of labelled crops`() async throws {
        try await withStation { station in
            try station.configure()
            let data = station.folder.appending(path: "data")
            for (kind, scene) in [("deformation", Scenes.Kind.uplift), ("none", .quiet)] {
                try FileManager.default.createDirectory(at: data.appending(path: kind), withIntermediateDirectories: true)
                try FileManager.default.copyItem(at: station.scenes.phase(scene), to: data.appending(path: "\(kind)/a.tif"))
            }
            let file = try await model("next", in: station.folder, turning: 1)
            func compare() async throws -> Program.Result {
                try await station.fringewatch(
                    "model", "compare", "shipped", file.path, "--data", data.path, "--config", station.configuration.path)
            }
            let compared = try await compare()
            #expect(compared.status == 0, "\(compared.errors)")
            let lines = compared.output.split(separator: "\n")
            #expect(lines.count == 3 && lines[1].contains("default@") && lines[2].contains("next@") && lines[1].contains("1/1"))
            // The same pictures as patches: their middle alone.
            try Data("file,label\ndeformation/a.tif,1\nnone/a.tif,0".utf8).write(to: data.appending(path: "manifest.csv"))
            let patches = try await compare()
            #expect(patches.status == 0 && patches.output.split(separator: "\n")[1].contains("1/1"), "\(patches.errors)\(patches.output)")
        }
    }
}
