/// The upper left pixel of a patch.
struct PatchOrigin: Hashable {
    let y: Int
    let x: Int
}

extension UnsafeRawBufferPointer {
    /// The upper left pixel of a square that lies in a map of bytes.
    func square(at origin: PatchOrigin, side: Int, width: Int) -> UnsafePointer<UInt8>? {
        let first = origin.y * width + origin.x
        return UnsafeRawBufferPointer(rebasing: self[first...first + (side - 1) * (width + 1)]).assumingMemoryBound(to: UInt8.self).baseAddress
    }
}

/// Where the patches of an image lie.
enum PatchGrid {
    /// Patches at every `stride` pixels; the last row and column are moved back to the border, so that every pixel is
    /// covered.
    /// - Precondition: the image is at least as large as a patch, and the stride at most as long.
    static func origins(width: Int, height: Int, side: Int, stride: Int) -> [PatchOrigin] {
        let columns = offsets(length: width, side: side, stride: stride)
        return offsets(length: height, side: side, stride: stride).flatMap { y in
            columns.map { PatchOrigin(y: y, x: $0) }
        }
    }

    static func offsets(length: Int, side: Int, stride: Int) -> [Int] {
        precondition(length >= side && stride > 0 && stride <= side, "patches fit the image and leave no gap")
        let last = length - side
        var offsets = Array(Swift.stride(from: 0, to: last, by: stride))
        offsets.append(last)
        return offsets
    }
}

/// A patch and what became of it.
struct JudgedPatch {
    enum Outcome: Equatable {
        /// Too little data: says nothing.
        case withoutData
        /// No strong edge: background.
        case withoutEdges
        case classified(probability: Float)
    }

    let origin: PatchOrigin
    /// 0 to 1.
    let validShare: Double
    var outcome: Outcome
}
