/// Loops over contiguous floats, eight at a time. Sums add in a fixed order.
enum Vector {
    typealias Floats = UnsafePointer<Float>
    typealias Target = UnsafeMutablePointer<Float>

    @inline(__always)
    static func load(_ p: Floats, _ i: Int) -> SIMD8<Float> {
        UnsafeRawPointer(p + i).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    static func store(_ x: SIMD8<Float>, _ p: Target, _ i: Int) {
        UnsafeMutableRawPointer(p + i).storeBytes(of: x, as: SIMD8<Float>.self)
    }

    static func sum(_ x: Floats, _ count: Int) -> Float {
        var (many, i) = (SIMD8<Float>.zero, 0)
        while i + 8 <= count {
            many += load(x, i)
            i += 8
        }
        var rest: Float = 0
        while i < count {
            rest += x[i]
            i += 1
        }
        return many.sum() + rest
    }

    /// The sum of (x - mean)^2.
    static func deviation(_ x: Floats, from mean: Float, _ count: Int) -> Float {
        var (many, i) = (SIMD8<Float>.zero, 0)
        let means = SIMD8(repeating: mean)
        while i + 8 <= count {
            let difference = load(x, i) - means
            many += difference * difference
            i += 8
        }
        var rest: Float = 0
        while i < count {
            rest += (x[i] - mean) * (x[i] - mean)
            i += 1
        }
        return many.sum() + rest
    }

    /// The sum of y * (x - mean).
    static func product(_ y: Floats, _ x: Floats, less mean: Float, _ count: Int) -> Float {
        var (many, i) = (SIMD8<Float>.zero, 0)
        let means = SIMD8(repeating: mean)
        while i + 8 <= count {
            many += load(y, i) * (load(x, i) - means)
            i += 8
        }
        var rest: Float = 0
        while i < count {
            rest += y[i] * (x[i] - mean)
            i += 1
        }
        return many.sum() + rest
    }

    /// target += x.
    static func add(_ x: Floats, to target: Target, _ count: Int) {
        for i in 0..<count { target[i] += x[i] }
    }

    /// target = x, or target += x.
    static func put(_ x: Floats, to target: Target, _ count: Int, adding: Bool) {
        if adding { add(x, to: target, count) } else { target.update(from: x, count: count) }
    }
}
