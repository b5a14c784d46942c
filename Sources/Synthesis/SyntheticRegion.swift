public import Domain
public import Raster

/// A volcano's unrest: a source that grows steadily from a day on.
public struct Unrest: Sendable {
    public let place: GeoPoint
    /// What one year does.
    public let yearly: any DeformationSource
    public let begins: AcquisitionDate
    /// Nil while it goes on.
    public let ends: AcquisitionDate?

    public init(place: GeoPoint, yearly: any DeformationSource, begins: AcquisitionDate, ends: AcquisitionDate? = nil) {
        self.place = place
        self.yearly = yearly
        self.begins = begins
        self.ends = ends
    }

    /// The part of a year's motion that falls between a pair's dates.
    func years(within pair: AcquisitionPair) -> Double {
        let from = max(pair.earlier, begins), to = min(pair.later, ends ?? pair.later)
        return Double(max(0, to.days(since: from))) / 365.25
    }
}

/// What is true of a synthetic interferogram, before air and noise.
public struct SceneTruth: Sendable {
    /// Metres towards the satellite; NaN over the sea.
    public let motion: RasterGrid
    /// The greatest motion on land in either direction, metres towards the satellite.
    public var greatestMotion: Double {
        Double(motion.values.reduce(Float(0)) { !$1.isNaN && abs($1) > abs($0) ? $1 : $0 })
    }
    /// Cycles of phase from still ground to the greatest motion.
    public var fringes: Double { 2 * abs(greatestMotion) / LineOfSight.wavelength }
}

/// One synthetic interferogram in LiCSAR's terms, with its truth.
public struct SyntheticInterferogram: Sendable {
    public let pair: AcquisitionPair
    /// Wrapped phase, radians, -pi to pi; NaN is no data (the sea).
    public let phase: RasterGrid
    /// 0 to 1; NaN is no data.
    public let coherence: RasterGrid
    public let truth: SceneTruth
}

/// A part of the world that exists only here: its terrain, what its volcanoes do, its weather and the days on which a satellite looks.
///
/// Everything follows from the seed: the same region gives the same interferograms, bit for bit.
public struct SyntheticRegion: Sendable {
    public let frame: FrameID
    public let lineOfSight: LineOfSight
    /// In order.
    public let acquisitions: [AcquisitionDate]
    public let terrain: SyntheticTerrain
    public let unrest: [Unrest]
    public let atmosphere: AtmosphereModel
    public let surface: SurfaceCoherence
    public let seed: UInt64
    /// Each source's metres towards the satellite in a year.
    private let yearlyMotion: [RasterGrid]
    private let vegetation: RasterGrid

    public init(
        frame: FrameID, lineOfSight: LineOfSight, acquisitions: [AcquisitionDate], terrain: SyntheticTerrain, unrest: [Unrest],
        atmosphere: AtmosphereModel, surface: SurfaceCoherence = SurfaceCoherence(), seed: UInt64
    ) {
        self.frame = frame
        self.lineOfSight = lineOfSight
        self.acquisitions = acquisitions.sorted()
        self.terrain = terrain
        self.unrest = unrest
        self.atmosphere = atmosphere
        self.surface = surface
        self.seed = seed
        yearlyMotion = unrest.map { unrest in
            terrain.geometry.map(from: unrest.place) {
                Float(lineOfSight.component(of: unrest.yearly.displacement(east: $0, north: $1)))
            }
        }
        vegetation = surface.vegetationCover(of: terrain, seed: seed)
    }

    public var geometry: GridGeometry { terrain.geometry }

    /// Each acquisition with up to three before it, as LiCSAR pairs them, in the order in which they become known.
    public var pairs: [AcquisitionPair] {
        acquisitions.indices.flatMap { later in
            acquisitions[max(0, later - 3)..<later].compactMap { AcquisitionPair($0, acquisitions[later]) }
        }.sorted()
    }

    public func truth(_ pair: AcquisitionPair) -> SceneTruth {
        var motion = terrain.elevation
        for i in motion.values.indices where !motion.values[i].isNaN { motion.values[i] = 0 }
        for (unrest, yearly) in zip(unrest, yearlyMotion) {
            let years = Float(unrest.years(within: pair))
            guard years > 0 else { continue }
            for i in motion.values.indices { motion.values[i] += years * yearly.values[i] }
        }
        return SceneTruth(motion: motion)
    }

    /// Phase without noise and not wrapped, radians: motion and the difference of the two dates' air. A longer way through the air looks
    /// like a motion away from the satellite. Adds up exactly over a chain of pairs, but for rounding; NaN over the sea.
    public func unwrappedPhase(_ pair: AcquisitionPair, truth: SceneTruth? = nil) -> RasterGrid {
        var phase = (truth ?? self.truth(pair)).motion
        let before = atmosphere.delay(on: pair.earlier, over: terrain, seed: seed)
        let after = atmosphere.delay(on: pair.later, over: terrain, seed: seed)
        let perMetre = Float(LineOfSight.phase(towardsSatellite: 1))
        for i in phase.values.indices {
            phase.values[i] = perMetre * (phase.values[i] - (after.values[i] - before.values[i]))
        }
        return phase
    }

    /// The interferogram of any two days, those of acquisitions or not.
    public func interferogram(_ pair: AcquisitionPair) -> SyntheticInterferogram {
        let truth = truth(pair)
        var phase = unwrappedPhase(pair, truth: truth)
        // One stream for each pair: days since 1970 stay below 2^20 until the year 4840.
        let index = pair.earlier.dayNumber << 20 | pair.later.dayNumber
        var generator = SeededGenerator(seed: seed, purpose: "noise", index: index)
        let coherence = surface.estimate(cover: vegetation, days: pair.span, seed: generator.next())
        PhaseNoise.add(to: &phase, coherence: coherence, using: &generator)
        return SyntheticInterferogram(pair: pair, phase: phase, coherence: coherence, truth: truth)
    }
}
