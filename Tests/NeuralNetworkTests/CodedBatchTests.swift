import Testing

@testable import NeuralNetwork

@Suite struct `A batch in codes` {
    /// Channels that differ, and codes that no two pictures and no two rows have in common.
    private func batch(_ items: Int, channels: Int, height: Int, width: Int) -> (codes: CodedBatch, values: Tensor) {
        let tables: [[Float]] = (0..<channels).map { channel in
            (0..<256).map { code -> Float in Float(code * (channel + 3) % 256 - 100) / 64 }
        }
        let pixels = height * width
        let codes: [UInt8] = (0..<items * pixels).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let values: [Float] = (0..<items).flatMap { item -> [Float] in
            let own = codes[item * pixels..<(item + 1) * pixels]
            return tables.flatMap { table in own.map { table[Int($0)] } }
        }
        return (
            CodedBatch(codes: codes, height: height, width: width, tables: tables), Tensor(shape: [items, channels, height, width], values: values)
        )
    }

    /// First layers of each kind: a convolution whose stride becomes channels, of two channels and of one; one of stride 1; a pooling.
    private static func networks() throws -> [Network] {
        [
            try .alexNetPooled(width: 0.125, channels: 2), try .alexNetPooled(width: 0.125),
            try Network(
                "plain", input: [3, 20, 17],
                layers: [
                    .convolution(Convolution("conv", from: 3, to: 8, kernel: 3, padding: 1)), .relu, .meanMaxPool,
                    .dense(Dense("fc", from: 16, to: 2)),
                ]),
            try Network(
                "pooled first", input: [2, 21, 19],
                layers: [
                    .maxPool(MaxPool(size: 2, stride: 2)), .convolution(Convolution("conv", from: 2, to: 8, kernel: 3)), .meanMaxPool,
                    .dense(Dense("fc", from: 16, to: 2)),
                ]),
        ]
    }

    @Test(arguments: [1, 3], [1, 2]) func `gives what its values give, to the last bit`(items: Int, threads: Int) throws {
        for network in try Self.networks() {
            let compiled = try CompiledNetwork(network, network.drawnParameters(seed: 3))
            let (channels, height, width) = network.input.asMap
            let (codes, values) = batch(items, channels: channels, height: height, width: width)
            let (found, expected) = (try compiled.forward(codes, threads: threads), try compiled.forward(values, threads: threads))
            #expect(found.shape == expected.shape && found.values == expected.values, "\(network.name)")
            #expect(Set(expected.values).count > 1)
        }
    }

    @Test func `has windows too`() throws {
        let network = try Network.alexNetPooled(width: 0.125, channels: 2)
        let sliding = try #require(try SlidingNetwork(network, network.drawnParameters(seed: 3)))
        let (codes, values) = batch(2, channels: 2, height: 240, width: 288)
        let windows = [(0, 16, 32), (1, 0, 64), (1, 16, 0)].map { SlidingNetwork.Window(picture: $0.0, y: $0.1, x: $0.2) }
        let expected = try sliding.forward(values, windows: windows, threads: 2)
        #expect(try sliding.forward(codes, windows: windows, threads: 2).values == expected.values)
    }

    @Test func `of other channels or another size is refused`() throws {
        let network = try Network.alexNetPooled(width: 0.125, channels: 2)
        let parameters = network.drawnParameters(seed: 3)
        let compiled = try CompiledNetwork(network, parameters)
        let sliding = try #require(try SlidingNetwork(network, parameters))
        for (channels, side) in [(1, 224), (2, 223)] {
            let codes = batch(1, channels: channels, height: side, width: side).codes
            #expect(throws: ShapeError.self) { try compiled.forward(codes, threads: 1) }
            #expect(throws: ShapeError.self) { try sliding.forward(codes, windows: [], threads: 1) }
        }
    }
}
