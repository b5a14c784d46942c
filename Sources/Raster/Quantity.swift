/// What a raster's numbers mean. It decides which of them are "no data" and which cannot be right.
public enum Quantity: Hashable, Sendable {
    /// Radians, -pi to pi, in floating point. 0, non-finite values and the declared value are no data. A value beyond
    /// pi by more than rounding is an error: re-wrapping an unwrapped interferogram silently would hide that the wrong file was given.
    case wrappedPhase
    /// Radians, any value, in floating point. 0, non-finite values and the declared value are no data.
    case unwrappedPhase
    /// 0 to 1; from 8-bit files 0...255, from floating point 0...1. 0, non-finite values and the declared value are no data.
    case coherence
    /// Metres above the sea, any sample type. Non-finite values, the declared value and -32768 (SRTM's void) are no data; 0 is sea level.
    case elevation

    var name: String {
        switch self {
        case .wrappedPhase: "wrapped phase"
        case .unwrappedPhase: "unwrapped phase"
        case .coherence: "coherence (0 to 1)"
        case .elevation: "elevation"
        }
    }

    /// What one unit of the file is worth, or nil where the sample type cannot hold this quantity.
    func scale(of sample: SampleType) -> Float? {
        switch (self, sample) {
        case (_, .float32), (_, .float64), (.elevation, _): 1
        case (.coherence, .uint8): 1 / 255
        case (.coherence, _), (.wrappedPhase, _), (.unwrappedPhase, _): nil
        }
    }

    /// Turns file values into the quantity's own in place; no data becomes NaN. Values over the range's edge by rounding only are
    /// put back onto the edge.
    /// - Returns: how many values are out of range and the farthest of them; nil if none.
    func interpret(_ values: inout [Float], scale: Float, noData: Float?) -> (count: Int, worst: Float)? {
        let declared = noData ?? .nan
        let void: Float = self == .elevation ? -32768 : 0
        let (range, rounding): (ClosedRange<Float>, Float) =
            switch self {
            case .wrappedPhase: (-Float.pi...Float.pi, 1e-3)
            case .coherence: (0...1, 1e-3)
            case .unwrappedPhase, .elevation: (-Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude, 0)
            }
        var count = 0
        var worst: Float = 0
        values.withUnsafeMutableBufferPointer { values in
            for i in values.indices {
                let raw = values[i]
                guard raw.isFinite, raw != void, raw != declared else {
                    values[i] = .nan
                    continue
                }
                let value = raw * scale
                let inside = min(max(value, range.lowerBound), range.upperBound)
                values[i] = inside
                if abs(value - inside) > rounding {
                    count += 1
                    if abs(value) > abs(worst) { worst = value }
                }
            }
        }
        return count == 0 ? nil : (count, worst)
    }
}

/// How one number is stored.
enum SampleType: Hashable, Sendable {
    case float32, float64, uint8, int16, uint16

    var bytes: Int {
        switch self {
        case .uint8: 1
        case .int16, .uint16: 2
        case .float32: 4
        case .float64: 8
        }
    }
}
