import Foundation
import Testing

/// synthesize, train and evaluate, as one who makes a model of their own uses them.
@Suite struct TrainingCommandTests {
    private func inFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "fringewatch-training-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func recipe(_ data: String, in folder: URL, more: String = "") throws -> String {
        let file = folder.appending(path: "recipe.yaml")
        let text = """
            name: mine
            data:
              - \(data)
            validation: {share: 30 %}
            training: {batch: 8, epochs: 1}
            \(more)
            """
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private struct Report: Decodable {
        struct Figures: Decodable {
            let auc: Double
        }
        let overall: Figures
    }

    @Test func `chips are made, a model is trained on them, measured, and scans an interferogram`() async throws {
        try await inFolder { folder in
            let chips = folder.appending(path: "chips").path, output = folder.appending(path: "model").path
            let made = try await Program.run(["synthesize", chips, "--patches", "--count", "24", "--seed", "3"])
            #expect(made.status == 0 && made.output.contains("patches of 24 scenes"), "\(made.errors)")

            let plan = try recipe("folder: chips", in: folder)
            let trained = try await Program.run(["train", plan, "--output", output])
            #expect(trained.status == 0 && trained.output.contains("mine.safetensors"), "\(trained.errors)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: output).sorted()
                    == ["mine.curves.csv", "mine.curves.png", "mine.json", "mine.safetensors", "mine.validation.csv"])

            let weights = output + "/mine.safetensors"
            let measured = try await Program.run(["evaluate", weights, chips, "--json", "--pictures", folder.appending(path: "pictures").path])
            #expect(measured.status == 0, "\(measured.errors)")
            #expect((0...1).contains(try measured.decoded(Report.self, JSONDecoder()).overall.auc))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "pictures").path).contains { $0.hasSuffix(".png") })

            let scenes = folder.appending(path: "scenes").path
            let quiet = try await Program.run(["synthesize", scenes, "--count", "2", "--deformation", "0"])
            #expect(quiet.status == 0 && quiet.output.contains("2 scenes, 0 with deformation"), "\(quiet.errors)")
            #expect(try await Program.run(["synthesize", scenes, "--deformation", "1.5"]).errors.contains("a share from 0 to 1"))
            #expect(try await Program.run(["synthesize", scenes, "--odds", "real"]).errors.contains("takes even or natural"))
            #expect(try await Program.run(["synthesize", scenes, "--visibility", "seen"]).errors.contains("takes expected or observed"))
            #expect(try await Program.run(["synthesize", scenes, "--count", "1", "--odds", "natural"]).status == 0)
            let scanned = try await Program.run(["scan", scenes, "--at=0.3,0.3", "--model", weights, "--json"])
            #expect(scanned.status == 0 && scanned.output.contains("\"mine@"), "\(scanned.errors)")

            // Weights that are cut off are refused.
            try Data(contentsOf: URL(fileURLWithPath: weights)).dropLast(100).write(to: URL(fileURLWithPath: weights))
            let refused = try await Program.run(["evaluate", weights, chips])
            #expect(refused.status == 1 && refused.errors.contains("is not the file its card describes"), "\(refused.errors)")
        }
    }

    @Test func `a recipe with unknown keys and a folder with one class are refused with what to do`() async throws {
        try await inFolder { folder in
            let unknown = try await Program.run(["train", recipe("synthetic: {patches: 100}", in: folder, more: "colour: blue"), "--check"])
            #expect(unknown.status == 78 && unknown.errors.contains("line 6") && unknown.errors.contains("colour"), "\(unknown.errors)")

            let chips = folder.appending(path: "chips")
            #expect(try await Program.run(["synthesize", chips.path, "--patches", "--count", "8"]).status == 0)
            try FileManager.default.removeItem(at: chips.appending(path: "manifest.csv"))
            try FileManager.default.removeItem(at: chips.appending(path: "deformation"))
            let early = try await Program.run([
                "train", recipe("synthetic: {patches: 40}", in: folder, more: "teachers: {models: [missing.safetensors]}"), "--output", folder.path,
            ])
            #expect(early.status == 1 && early.errors.contains("missing") && !early.errors.contains("patches"), "\(early.errors)")
            let oneClass = try await Program.run(["train", recipe("folder: chips", in: folder), "--output", folder.path])
            #expect(oneClass.status != 0 && oneClass.errors.contains("deformation"), "\(oneClass.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "mine.safetensors").path))
        }
    }

    @Test func `a signal ends a training that still makes its scenes`() async throws {
        try await inFolder { folder in
            let plan = try recipe("synthetic: {patches: 50_000}", in: folder), errors = folder.appending(path: "errors")
            try Data().write(to: errors)
            let training = try ChildProcess(
                Program.executable(), ["train", plan, "--output", folder.path], environment: [:], output: errors, errors: errors)
            let deadline = ContinuousClock.now + .seconds(60)
            while try String(contentsOf: errors, encoding: .utf8).isEmpty, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
            training.signal(SIGTERM)
            #expect(try await training.exit(within: 60) == 75)
            #expect(try String(contentsOf: errors, encoding: .utf8).contains("stopped before the end"))
        }
    }
}
