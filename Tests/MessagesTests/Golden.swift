import Foundation
import Testing

/// Files that hold what a message must be. `FRINGEWATCH_UPDATE_GOLDEN=1 swift test` writes them anew: look at the difference.
enum Golden {
    static var isUpdating: Bool { ProcessInfo.processInfo.environment["FRINGEWATCH_UPDATE_GOLDEN"] == "1" }
    private static var isContinuousIntegration: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }

    static func expect(_ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try expect(text, equalsFile: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)"), sourceLocation)
    }

    static func expect(_ text: String, equalsFile file: URL, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
        if isUpdating {
            try #require(!isContinuousIntegration, "golden files are not rewritten where CI=true", sourceLocation: sourceLocation)
            try Data(text.utf8).write(to: file)
            return
        }
        let wanted = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        // Strings compare \r\n as one character; what counts is the bytes.
        let same = Array(text.utf8) == Array(wanted.utf8)
        #expect(same, "\(file.lastPathComponent) differs: \(firstDifference(text, wanted))", sourceLocation: sourceLocation)
    }

    private static func firstDifference(_ a: String, _ b: String) -> String {
        let (ours, golden) = (a.split(separator: "\n", omittingEmptySubsequences: false), b.split(separator: "\n", omittingEmptySubsequences: false))
        for (i, pair) in zip(ours, golden).enumerated() where pair.0 != pair.1 {
            return "line \(i + 1) is '\(pair.0)', was '\(pair.1)'"
        }
        return "\(ours.count) lines, were \(golden.count)"
    }
}
