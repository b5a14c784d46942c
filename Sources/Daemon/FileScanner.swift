public import Detection
import Dispatch
public import Domain
public import Foundation
import MapPicture
import Raster
import Synchronization
import Volcanoes

/// Looks at interferograms in files, with the same steps as the daemon: crop, assess, draw.
public struct FileScanner: Sendable {
    public enum Target: Sendable {
        /// Every volcano whose summit lies in the image.
        case all
        case volcanoes([String])
        case place(GeoPoint)
    }

    public struct Result: Codable, Sendable {
        public let file: String
        /// Nil for a place that is not a volcano of the list.
        public let volcano: VolcanoNumber?
        public let volcanoName: String
        public let result: Assessment.Result
        public let model: String
        /// The picture's file, if one was asked for.
        public let picture: String?
        /// Why the coherence beside the file was not used, if it was not.
        public let remark: String?
    }

    /// A wish that cannot be met.
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    /// On one thread: as many files at a time as there are threads are looked at side by side, so that reading and drawing are spread too.
    private var detector: VolcanoDetector
    private let threads: Int
    private let subjects: [Volcano]
    private let isPlace: Bool
    private let pictures: URL?

    /// - Parameters:
    ///   - model: weights; nil for those that come with the program.
    ///   - pictures: a folder for a picture of every crop.
    public init(
        installation: Installation, model: URL?, settings: DetectionSettings = DetectionSettings(), threads: Int, target: Target, pictures: URL?
    ) throws {
        let volcanoes = try VolcanoList.load(from: installation.volcanoes)
        detector = VolcanoDetector(model: try CNNModel.load(weights: model ?? installation.defaultModel), settings: settings, threads: 1)
        self.threads = threads
        self.pictures = pictures
        switch target {
        case .all: (subjects, isPlace) = (volcanoes.volcanoes, false)
        case .volcanoes(let names): (subjects, isPlace) = (try names.map { try Self.volcano($0, volcanoes) }, false)
        case .place(let place):
            guard let number = VolcanoNumber(999_999) else { throw Problem(description: "the place cannot be named") }
            (subjects, isPlace) = ([Volcano(number: number, name: "place", country: "", region: "", summit: place, elevation: 0)], true)
        }
        if let pictures { try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true) }
    }

    private static func volcano(_ text: String, _ list: VolcanoList) throws -> Volcano {
        switch list.resolve(text) {
        case .found(let volcano): return volcano
        case .ambiguous(let candidates):
            let named = candidates.map { "\($0.number) \($0.name), \($0.country)" }.joined(separator: "; ")
            throw Problem(description: "\(text) is the name of several volcanoes; give the number: \(named)")
        case .unknown(let suggestions):
            let named = suggestions.map { "\($0.number) \($0.name)" }.joined(separator: "; ")
            throw Problem(description: "no volcano is called \(text)" + (named.isEmpty ? "" : "; did you mean \(named)?"))
        }
    }

    /// Files stay as they are; folders become the wrapped phases in and below them, in order of their names.
    public static func files(_ paths: [URL]) throws -> [URL] {
        try paths.flatMap { path -> [URL] in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder), isFolder.boolValue else { return [path] }
            return try FileManager.default.subpathsOfDirectory(atPath: path.path).filter { $0.hasSuffix(".geo.diff_pha.tif") }.sorted()
                .map { path.appendingPathComponent($0) }
        }
    }

    /// What each file shows or why it cannot be scanned, in the files' order. Blocks; the calling thread is one of those that work.
    /// - Parameter began: told how many files were begun before this one, by any thread.
    public func scan(_ files: [URL], began: @Sendable (Int, URL) -> Void) -> [Swift.Result<[Result], any Error>] {
        let next = Atomic(0)
        let outcomes = Mutex([Swift.Result<[Result], any Error>?](repeating: nil, count: files.count))
        var scanner = self
        // A single file has its network on all threads.
        if files.count == 1 { scanner.detector = VolcanoDetector(model: detector.model, settings: detector.settings, threads: threads) }
        DispatchQueue.concurrentPerform(iterations: min(threads, files.count)) { [scanner] _ in
            while case let index = next.add(1, ordering: .relaxed).oldValue, index < files.count {
                began(index, files[index])
                let outcome = Swift.Result { try scanner.scan(files[index]) }
                outcomes.withLock { $0[index] = outcome }
            }
        }
        return outcomes.withLock { $0 }.compactMap { $0 }
    }

    /// - Throws: `RasterError` for a file that cannot be read; the crops that lie outside are left out.
    public func scan(_ file: URL) throws -> [Result] {
        let coherence = URL(fileURLWithPath: file.path.replacingOccurrences(of: ".geo.diff_pha.tif", with: ".geo.cc.tif"))
        let hasCoherence = coherence != file && FileManager.default.fileExists(atPath: coherence.path)
        let reading = try CropReading(phase: file, coherence: hasCoherence ? coherence : nil, volcanoes: subjects, threads: detector.threads)
        guard !reading.entries.isEmpty else {
            throw Problem(description: "\(file.lastPathComponent): no volcano's summit lies in the image; use --at to look at a place")
        }
        let results = try detector.assess(reading.entries.map(\.crop))
        return try zip(reading.entries, results).map { entry, result in
            Result(
                file: file.lastPathComponent, volcano: isPlace ? nil : entry.volcano.number, volcanoName: entry.volcano.name,
                result: result.result, model: detector.model.id.description, picture: try draw(entry, result, file),
                remark: reading.coherenceProblem.map { "coherence was not used: \($0)" })
        }
    }

    /// For the picture's title, from the names in the path; nil where they do not tell.
    private static func interferogram(_ file: URL, stem: String) -> InterferogramID? {
        guard let pair = AcquisitionPair(stem) else { return nil }
        let frames = file.pathComponents.reversed().lazy.compactMap { FrameID($0) }
        return frames.first.map { InterferogramID(frame: $0, pair: pair) }
    }

    private func draw(_ entry: CropReading.Entry, _ result: DetectionResult, _ file: URL) throws -> String? {
        guard let pictures else { return nil }
        let stem = file.lastPathComponent.replacingOccurrences(of: ".geo.diff_pha.tif", with: "").replacingOccurrences(of: ".tif", with: "")
        var peak: PictureScene.Peak?
        if case .scored(let finding) = result.result { peak = PictureScene.Peak(place: finding.place, probability: finding.pMax) }
        let scene = PictureScene(
            volcano: entry.volcano.name, summit: entry.volcano.summit, interferogram: Self.interferogram(file, stem: stem),
            phase: entry.crop.phase, probability: result.probability, peak: peak, language: .english)
        let picture = pictures.appendingPathComponent(isPlace ? "\(stem).png" : "\(stem)-\(entry.volcano.number).png")
        try MapPicture.render(scene).write(to: picture, options: .atomic)
        return picture.path
    }
}
