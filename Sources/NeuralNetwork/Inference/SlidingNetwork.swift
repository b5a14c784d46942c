import Synchronization

/// A network for windows of larger pictures: what overlapping windows have in common is computed once.
///
/// Up to its last convolution a network such as AlexNet moves kernels over the picture, whatever the window. That part, the trunk, runs on the whole
/// picture; each window then takes its places from the trunk's map for the rest. A window so sees the picture go on beyond its edges, where the network
/// on its own sees zeros: outputs near edges differ, and whoever uses both has to know by how much.
public struct SlidingNetwork: Sendable {
    public let network: Network
    /// Pixels between places of the trunk's map. Windows begin at multiples of it.
    public let step: Int
    private let trunk: [Layer]
    /// The trunk's map for one window.
    private let places: Shape
    /// The trunk's.
    private let parameters: Parameters
    private let head: CompiledNetwork
    private let trunks = Trunks()

    /// A part of one of several pictures, as large as the network's input.
    public struct Window: Hashable, Sendable {
        public let picture: Int
        /// Its upper left pixel.
        public let y: Int
        public let x: Int

        public init(picture: Int, y: Int, x: Int) {
            self.picture = picture
            self.y = y
            self.x = x
        }
    }

    /// Nil where the network's convolutions do not move over the picture evenly: they lie in branches, or a pooling between them looks over the edge.
    /// - Throws: `WeightFileError` where the parameters are not those of the network.
    public init?(_ network: Network, _ parameters: Parameters) throws {
        guard let division = SlidingDivision(network) else { return nil }
        self.network = network
        (trunk, step) = (division.trunk, division.step)
        self.parameters = parameters.only(trunk)
        places = try Layer.outputShape(of: trunk, for: network.input)
        head = try CompiledNetwork(Network("\(network.name)-windows", input: places, layers: division.rest), parameters)
    }

    /// The outputs for some windows, in their order.
    ///
    /// Blocks the calling thread.
    /// - Parameters:
    ///   - pictures: (pictures, channels, height, width), at least as large as a window.
    ///   - windows: in the pictures, at multiples of `step`.
    /// - Throws: `ShapeError` where the pictures have other channels or are smaller.
    public func forward(_ pictures: Tensor, windows: [Window], threads: Int) throws -> Tensor {
        try head(trunk(forBatch: pictures.shape).forward(pictures, threads: threads), windows, threads)
    }

    /// The same for pictures in codes.
    public func forward(_ pictures: CodedBatch, windows: [Window], threads: Int) throws -> Tensor {
        try head(trunk(forBatch: pictures.shape).forward(pictures, threads: threads), windows, threads)
    }

    /// - Parameter map: of the pictures, the trunk's.
    private func head(_ map: Tensor, _ windows: [Window], _ threads: Int) throws -> Tensor {
        let (pictures, (channels, height, width)) = (map.shape[0], map.shape.item.asMap)
        let (rows, columns) = (places[1], places[2])
        let values = [Float](unsafeUninitializedCapacity: windows.count * places.count) { buffer, count in
            map.values.withUnsafeBufferPointer { map in
                for window in windows {
                    let (y, x) = (window.y / step, window.x / step)
                    precondition(
                        (0..<pictures).contains(window.picture) && window.y >= 0 && window.x >= 0
                            && window.y % step == 0 && window.x % step == 0 && y + rows <= height && x + columns <= width,
                        "windows lie in the pictures, at multiples of the step")
                    for channel in 0..<channels {
                        for row in 0..<rows {
                            let first = ((window.picture * channels + channel) * height + y + row) * width + x
                            _ = buffer[count..<count + columns].update(fromContentsOf: map[first..<first + columns])
                            count += columns
                        }
                    }
                }
            }
        }
        return try head.forward(Tensor(shape: places.batch(of: windows.count), values: values), threads: threads)
    }

    /// Multiplications and additions of the trunk for one picture, as `CompiledNetwork` counts them.
    public func operations(for picture: Shape) throws -> Int { try trunk(for: picture).operationsPerItem }

    private func trunk(forBatch pictures: Shape) throws -> CompiledNetwork {
        let picture = pictures.item
        guard picture.rank == 3, picture[0] == network.input[0], picture[1] >= network.input[1], picture[2] >= network.input[2] else {
            throw ShapeError(
                operation: "windows of \(network.name)", input: pictures, expected: network.input.batch(of: 1),
                reason: "the pictures must have as many channels as a window and be at least as large")
        }
        return try trunk(for: picture)
    }

    private func trunk(for picture: Shape) throws -> CompiledNetwork {
        try trunks.network(for: picture) {
            try CompiledNetwork(Network("\(network.name)-trunk", input: picture, layers: trunk), parameters)
        }
    }

    /// Trunks for the sizes of pictures that were asked for last: nearly always one or two.
    private final class Trunks: Sendable {
        private static let most = 4
        /// The one asked for last is the first.
        private let kept = Mutex<[(picture: Shape, network: CompiledNetwork)]>([])

        func network(for picture: Shape, make: () throws -> CompiledNetwork) throws -> CompiledNetwork {
            if let found = found(picture) { return found }
            let made = try make()
            return kept.withLock { kept in
                // Somebody else may have made it meanwhile.
                if let found = kept.first(where: { $0.picture == picture }) { return found.network }
                kept.insert((picture, made), at: 0)
                if kept.count > Self.most { kept.removeLast() }
                return made
            }
        }

        private func found(_ picture: Shape) -> CompiledNetwork? {
            kept.withLock { kept in
                guard let place = kept.firstIndex(where: { $0.picture == picture }) else { return nil }
                let found = kept.remove(at: place)
                kept.insert(found, at: 0)
                return found.network
            }
        }
    }
}
