/// What the classifier saw in one volcano's crop of one interferogram.
public struct Finding: Hashable, Codable, Sendable {
    /// The greatest probability of deformation in the merged map.
    public let pMax: Probability
    /// Where: the centroid of the map above 0.9 of its maximum.
    public let place: GeoPoint
    /// Metres from the summit to `place`.
    public let distance: Double
    /// Degrees clockwise from north, from the summit to `place`.
    public let bearing: Double
    /// Square kilometres of the map above 0.5.
    public let areaAbove50: Double
    /// Square kilometres of the map above 0.8.
    public let areaAbove80: Double
    /// Nil where fringes cannot be counted (noise, masks).
    public let motion: LineOfSightMotion?
    public let quality: Quality
    public let patches: PatchCounts

    public init(
        pMax: Probability, place: GeoPoint, distance: Double, bearing: Double, areaAbove50: Double, areaAbove80: Double,
        motion: LineOfSightMotion?, quality: Quality, patches: PatchCounts
    ) {
        self.pMax = pMax
        self.place = place
        self.distance = distance
        self.bearing = bearing
        self.areaAbove50 = areaAbove50
        self.areaAbove80 = areaAbove80
        self.motion = motion
        self.quality = quality
        self.patches = patches
    }
}

/// Motion along the line of sight, counted in fringes between the flagged place and its surroundings.
public struct LineOfSightMotion: Hashable, Codable, Sendable {
    /// Whole and part cycles of 2 pi, not negative.
    public let fringes: Double
    /// Centimetres; positive towards the satellite (= -phase x wavelength / 4 pi).
    public let centimetres: Double

    public init(fringes: Double, centimetres: Double) {
        self.fringes = fringes
        self.centimetres = centimetres
    }
}

public struct Quality: Hashable, Codable, Sendable {
    /// Share of the crop with data, 0 to 1.
    public let validShare: Double
    /// Mean coherence of the valid pixels, 0 to 1; nil where no coherence was published.
    public let meanCoherence: Double?

    public init(validShare: Double, meanCoherence: Double?) {
        self.validShare = validShare
        self.meanCoherence = meanCoherence
    }
}

/// How many patches the crop had and what became of them; the three parts add up to `total`.
public struct PatchCounts: Hashable, Codable, Sendable {
    public let total: Int
    /// Too little valid area.
    public let withoutData: Int
    /// No strong Canny edge: background, not shown to the network.
    public let withoutEdges: Int
    public let classified: Int

    public init(total: Int, withoutData: Int, withoutEdges: Int, classified: Int) {
        self.total = total
        self.withoutData = withoutData
        self.withoutEdges = withoutEdges
        self.classified = classified
    }
}

/// Which model judged: its name and the first 12 hex digits of the SHA-256 of its weights.
public struct ModelID: Hashable, Codable, Sendable, CustomStringConvertible {
    public let name: String
    public let checksum: String

    public init(name: String, checksum: String) {
        self.name = name
        self.checksum = checksum
    }

    public var description: String { "\(name)@\(checksum)" }
}

/// The result for one volcano in one interferogram.
public struct Assessment: Hashable, Codable, Sendable {
    public enum Result: Hashable, Codable, Sendable {
        case scored(Finding)
        /// Never to be read as "no deformation".
        case notAssessable(NotAssessable)
    }

    public let interferogram: InterferogramID
    public let volcano: VolcanoNumber
    public let model: ModelID
    public let result: Result

    public init(interferogram: InterferogramID, volcano: VolcanoNumber, model: ModelID, result: Result) {
        self.interferogram = interferogram
        self.volcano = volcano
        self.model = model
        self.result = result
    }

    public var finding: Finding? {
        if case .scored(let finding) = result { finding } else { nil }
    }
}

/// Why a crop says nothing about the ground.
public struct NotAssessable: Hashable, Codable, Sendable {
    public enum Reason: String, Codable, Sendable, CaseIterable {
        case outsideImage = "outside-image"
        case tooLittleValidArea = "too-little-valid-area"
        case tooLittleCoherence = "too-little-coherence"
        case constantPhase = "constant-phase"
    }

    public let reason: Reason
    /// For people: the measured figure beside its limit.
    public let explanation: String
    public let quality: Quality

    public init(reason: Reason, explanation: String, quality: Quality) {
        self.reason = reason
        self.explanation = explanation
        self.quality = quality
    }
}
