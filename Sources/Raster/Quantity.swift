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
    /// - Returns: how many values are out of range and the greatest of them; nil if none.
    func interpret(_ values: inout [Float], scale: Float, noData: Float?) -> (count: Int, worst: Float)? {
        let declared = noData ?? .nan
        let void: Float = self == .elevation ? -32768 : 0
        let (range, rounding): (ClosedRange<Float>, Float) =
            switch self {
            case .wrappedPhase: (-Float.pi...Float.pi, 1e-3)
            case .coherence: (0...1, 1e-3)
            case .unwrappedPhase, .elevation: (-Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude, 0)
            }
        let (least, greatest) = (range.lowerBound - rounding, range.upperBound + rounding)
        // Plain loops without branches become vector code; a frame has millions of pixels.
        var outside: Int32 = 0
        values.withUnsafeMutableBufferPointer { values in
            for i in values.indices {
                let raw = values[i]
                let value = raw.magnitude <= .greatestFiniteMagnitude ? raw * scale : .nan
                let data = raw == void ? .nan : raw == declared ? .nan : value
                outside &+= data < least ? 1 : 0
                outside &+= data > greatest ? 1 : 0
                values[i] = data
            }
        }
        guard outside == 0 else {
            let worst = values.lazy.filter { $0 < least || $0 > greatest }.max { abs($0) < abs($1) }
            return (Int(outside), worst ?? .nan)
        }
        guard rounding > 0 else { return nil }
        values.withUnsafeMutableBufferPointer { values in
            for i in values.indices {
                let value = values[i]
                let capped = value > range.upperBound ? range.upperBound : value
                values[i] = capped < range.lowerBound ? range.lowerBound : capped
            }
        }
        return nil
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
