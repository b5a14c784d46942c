/// How a crop becomes a finding. The defaults are the published method's, or measured where it is silent; change them
/// and scores change.
public struct DetectionSettings: Hashable, Codable, Sendable {
    /// A crop with less data is not assessable. 0.02 of 0.5 x 0.5 degrees is an island about 9 km across.
    public var leastValidShare = 0.02
    /// A crop whose valid pixels have a lower mean coherence is not assessable. In LiCSAR's files noise has about 0.05,
    /// the western Galapagos 0.28 to 0.67; 0.1 leaves a vegetated volcano with a coherent tenth assessable.
    public var leastMeanCoherence = 0.1
    /// Radians. A crop whose phase spreads less round its mean holds no measurement. Noise alone spreads more than 1.
    public var leastPhaseSpread = 0.01
    /// A patch with less data is left out. Much lower than the half of the paper's code: that would leave out islands,
    /// which are volcanoes.
    public var leastPatchValidShare = 0.05
    /// Edge pixels in the patch as a share of its valid pixels, below which it is background and not shown to the
    /// network.
    public var leastEdgeShare = 0.004
    /// For P_max a patch with at least this probability is looked at turned by half as well, and by the model's second network where it has one; the
    /// mean of the log-odds counts. Deformation is deformation in every view: on seven sets of synthetic patches the Brier score fell from 0.0435 to 0.0416 in the mean.
    /// From 0.05 on would take longer in the median file; with four views and the default before nothing that is flagged changed.
    public var viewsFrom = 0.1
    /// Pixels between patches for P_max: half a patch, as published. A model that sees patches in their surroundings takes them at multiples of its
    /// step, 16 pixels: strides are rounded down to one.
    public var stride = 112
    /// Pixels between patches for the place of what is flagged; 48 where the step is 16.
    public var placeStride = 56
    /// From this P_max on the place is looked for at `placeStride`, with 49 patches (36 at 56 pixels) instead of 16.
    public var flaggedFrom = 0.5
    /// From this P_max on the motion is counted: well below any threshold that somebody is told from.
    public var motionFrom = 0.2
    public var edges = EdgeSettings()

    public init() {}
}

/// Canny's parameters, on grey levels 0...255.
public struct EdgeSettings: Hashable, Codable, Sendable {
    /// Pixels.
    public var sigma = 2.0
    /// An edge begins where the Sobel gradient (|x| + |y|) is above `high` and goes on while it is above `low`.
    public var low = 60.0
    public var high = 150.0

    public init() {}
}
