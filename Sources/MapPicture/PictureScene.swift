public import Domain
public import Raster

/// What a map picture shows: one volcano in one interferogram, and what the classifier made of it.
public struct PictureScene: Sendable {
    /// Where the probability is greatest.
    public struct Peak: Hashable, Sendable {
        public let place: GeoPoint
        public let probability: Probability

        public init(place: GeoPoint, probability: Probability) {
            self.place = place
            self.probability = probability
        }
    }

    public var volcano: String
    public var summit: GeoPoint
    /// Nil for a file that says neither its frame nor its dates: the picture then names none.
    public var interferogram: InterferogramID?
    /// Wrapped phase, radians; NaN is no data.
    public var phase: RasterGrid
    /// Probability of deformation, 0 to 1, on any grid that overlaps the phase; nil where nothing was classified.
    public var probability: RasterGrid?
    public var peak: Peak?
    public var language: Language
    /// Writes TEST across both maps.
    public var isTest: Bool

    public init(
        volcano: String, summit: GeoPoint, interferogram: InterferogramID?, phase: RasterGrid, probability: RasterGrid?, peak: Peak?,
        language: Language, isTest: Bool = false
    ) {
        self.volcano = volcano
        self.summit = summit
        self.interferogram = interferogram
        self.phase = phase
        self.probability = probability
        self.peak = peak
        self.language = language
        self.isTest = isTest
    }
}

/// How the two maps stand to each other.
public enum PictureLayout: String, Hashable, Sendable, CaseIterable {
    /// For a screen or a page; legible from about 640 pixels on.
    case sideBySide = "side-by-side"
    /// One below the other, with larger letters: for mail, legible on a phone too.
    case stacked

    /// Pixels. Wide enough for a sharp picture on a dense screen, small enough to be mailed.
    public var standardWidth: Int { self == .sideBySide ? 1000 : 800 }
}

/// Why no picture could be drawn.
public enum MapPictureError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The phase has no pixels.
    case emptyGrid
    /// The picture's width, in pixels, is outside 300 to 4000.
    case unusableWidth(Int)
    /// What cairo says: nearly always out of memory.
    case drawing(String)

    public var description: String {
        switch self {
        case .emptyGrid: "cannot draw a map of a grid without pixels"
        case .unusableWidth(let width): "cannot draw a picture \(width) pixels wide; choose 300 to 4000"
        case .drawing(let reason): "cannot draw the map picture: \(reason)"
        }
    }
}
