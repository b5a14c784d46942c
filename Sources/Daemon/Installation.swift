public import Foundation

/// Where the files lie that come with the program: models, volcano lists, alert templates.
///
/// An installed program finds them in `share/fringewatch` beside its `bin`; one that was just built finds them in its source tree;
/// `FRINGEWATCH_SHARE` overrides both.
public struct Installation: Sendable {
    public let models: URL
    public let volcanoes: URL
    public let frames: URL
    public let templates: URL
    /// The commented example configuration.
    public let configuration: URL

    public struct NotFound: Error, CustomStringConvertible {
        public let searched: [String]
        public var description: String {
            "the files that come with fringewatch (models, volcano lists, templates) were not found; looked in "
                + searched.joined(separator: ", ")
                + ". Install the program with its share directory, or set FRINGEWATCH_SHARE to it"
        }
    }

    public static func find(
        executable: URL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(NotFound) -> Installation {
        var searched: [String] = []
        func installed(_ share: URL) -> Installation? {
            searched.append(share.path)
            guard FileManager.default.fileExists(atPath: share.appendingPathComponent("models").path) else { return nil }
            return Installation(
                models: share.appendingPathComponent("models"),
                volcanoes: share.appendingPathComponent("volcanoes/volcanoes.csv"),
                frames: share.appendingPathComponent("volcanoes/frames.csv"),
                templates: share.appendingPathComponent("alert-templates"),
                configuration: share.appendingPathComponent("config"))
        }
        if let override = environment["FRINGEWATCH_SHARE"] {
            guard let found = installed(URL(fileURLWithPath: override)) else { throw NotFound(searched: searched) }
            return found
        }
        let binaries = executable.deletingLastPathComponent()
        if let found = installed(binaries.deletingLastPathComponent().appendingPathComponent("share/fringewatch")) { return found }
        var folder = binaries
        while folder.path != "/" {
            searched.append(folder.path)
            if FileManager.default.fileExists(atPath: folder.appendingPathComponent("Sources/Detection/Models").path) {
                return sourceTree(folder)
            }
            folder = folder.deletingLastPathComponent()
        }
        #if DEBUG
            // A debug build in a scratch folder elsewhere still knows where its source was.
            let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            if FileManager.default.fileExists(atPath: source.appendingPathComponent("Sources/Detection/Models").path) {
                return sourceTree(source)
            }
        #endif
        throw NotFound(searched: searched)
    }

    static func sourceTree(_ root: URL) -> Installation {
        Installation(
            models: root.appendingPathComponent("Sources/Detection/Models"),
            volcanoes: root.appendingPathComponent("Sources/Volcanoes/Data/volcanoes.csv"),
            frames: root.appendingPathComponent("Sources/Volcanoes/Data/frames.csv"),
            templates: root.appendingPathComponent("alert-templates"),
            configuration: root.appendingPathComponent("config"))
    }
}
