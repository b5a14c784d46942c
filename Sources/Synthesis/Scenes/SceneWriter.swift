public import FoundationEssentials
import Raster

/// Everything that is true of a scene, as it is written beside it.
public struct SceneRecord: Codable, Sendable {
    public let scene: Int
    public let seed: UInt64
    public let kind: SceneKind
    public let terrain: String
    public let source: Source?
    public let labelRule: LabelRule

    public struct Source: Codable, Sendable {
        public let kind: SourceKind
        public let summary: String
        /// Column and row of the point above it, from the north-west corner.
        public let x: Double
        public let y: Double
        public let fringes: Double
        /// The range of the deformation's phase over that of air and ramps, over the visible pixels of the whole scene.
        public let signalToNoise: Double
        public let greatestMotionMetres: Double
    }

    enum CodingKeys: String, CodingKey {
        case scene, seed, kind, terrain, source
        case labelRule = "label_rule"
    }
}

extension SceneRecord.Source {
    enum CodingKeys: String, CodingKey {
        case kind, summary, x, y, fringes
        case signalToNoise = "signal_to_noise"
        case greatestMotionMetres = "greatest_motion_metres"
    }
}

extension LabelRule {
    enum CodingKeys: String, CodingKey {
        case positiveFringes = "positive_fringes"
        case calmFringes = "calm_fringes"
        case calmSignalToNoise = "calm_signal_to_noise"
        case negativeFringes = "negative_fringes"
        case shareOfSource = "share_of_source"
        case visibleShare = "visible_share"
        case seenShare = "seen_share"
        case manyFringes = "many_fringes"
        case signalToNoise = "signal_to_noise"
    }
}

/// Writes scenes as a LiCSAR frame holds its interferograms, the truth beside each.
public struct SceneWriter: Sendable {
    public let generator: SceneGenerator
    public let folder: URL

    /// - Parameter folder: an existing one.
    public init(_ generator: SceneGenerator, folder: URL) {
        self.generator = generator
        self.folder = folder
    }

    /// Writes `scene-NNNNNN/20200101_20200113.geo.{diff_pha,cc}.tif`, `truth.motion.tif` (metres towards the satellite) and `truth.json`.
    ///
    /// - Returns: the record that was written.
    /// - Throws: `RasterError` or a Cocoa error where the disk is full or the folder missing.
    @discardableResult
    public func write(_ index: Int) throws -> SceneRecord {
        let scene = generator.scene(index)
        let digits = String(index)
        let place = folder.appendingPathComponent("scene-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        // Nowhere in particular: the Gulf of Guinea, where no volcano is on the list.
        let geometry = GridGeometry(width: scene.side, height: scene.side, west: 0, north: 0.6, pixelWidth: 0.001, pixelHeight: 0.001)
        func write(_ values: [Float], _ name: String, as encoding: GeoTIFF.Encoding) throws {
            try GeoTIFF.write(RasterGrid(geometry: geometry, values: values), to: place.appendingPathComponent(name), as: encoding)
        }
        let coherence = zip(scene.coherence, scene.phase).map { $1.isNaN ? Float.nan : $0 }
        try write(coherence, "20200101_20200113.geo.cc.tif", as: .uint8Deflate)
        try write(scene.motion, "truth.motion.tif", as: .float32Deflate)
        let record = SceneRecord(scene, index: index, seed: generator.seed)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(record).write(to: place.appendingPathComponent("truth.json"), options: .atomic)
        try write(scene.phase, "20200101_20200113.geo.diff_pha.tif", as: .float32Deflate)
        return record
    }
}

extension SceneRecord {
    init(_ scene: SyntheticScene, index: Int, seed: UInt64) {
        let signal = scene.visibleRange(of: scene.deformationPhase)
        let noise = scene.visibleRange(of: scene.nuisancePhase)
        self.init(
            scene: index, seed: seed, kind: scene.kind, terrain: scene.terrain,
            source: scene.source.map {
                Source(
                    kind: $0.kind, summary: $0.summary, x: $0.x, y: $0.y, fringes: $0.fringes,
                    signalToNoise: Double(signal / max(noise, 0.2 * .pi)),
                    greatestMotionMetres: Double(scene.motion.reduce(Float(0)) { abs($1) > abs($0) ? $1 : $0 }))
            }, labelRule: LabelRule())
    }
}

extension SyntheticScene {
    /// From the lowest to the highest value where the ground is visible; 0 where it is not.
    func visibleRange(of values: [Float]) -> Float {
        var (low, high) = (Float.infinity, -Float.infinity)
        for i in values.indices where visible[i] { (low, high) = (min(low, values[i]), max(high, values[i])) }
        return high > low ? high - low : 0
    }
}
