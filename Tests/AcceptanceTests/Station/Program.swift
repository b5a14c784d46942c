import Foundation
import Testing

/// The real binary, as it lies beside the test bundle.
enum Program {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String

        func decoded<Value: Decodable>(_ type: Value.Type, _ decoder: JSONDecoder) throws -> Value {
            try decoder.decode(type, from: Data(output.utf8))
        }
    }

    struct Trouble: Error, CustomStringConvertible {
        let description: String
    }

    static func executable() throws -> URL {
        let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let file = products.appending(path: "fringewatch")
        guard FileManager.default.isExecutableFile(atPath: file.path) else {
            throw Trouble(description: "\(file.path) is not there: the test bundle and the program belong into one folder")
        }
        return file
    }

    /// Runs a command to its end; after `deadline` seconds it is killed and that is the failure.
    static func run(
        _ arguments: [String], program: URL? = nil, environment: [String: String] = [:], deadline: Double = 90
    ) async throws -> Result {
        let program = try program ?? executable()
        let folder = FileManager.default.temporaryDirectory.appending(path: "fringewatch-run-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (output, errors) = (folder.appending(path: "output"), folder.appending(path: "errors"))
        // Files, not pipes: nothing can fill up.
        for file in [output, errors] { try Data().write(to: file) }
        let child = try ChildProcess(program, arguments, environment: environment, output: output, errors: errors)
        guard let status = try await child.exit(within: deadline) else {
            child.signal(SIGKILL)
            throw Trouble(description: "\(arguments.joined(separator: " ")) did not end within \(Int(deadline)) s")
        }
        return Result(
            status: status, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}
