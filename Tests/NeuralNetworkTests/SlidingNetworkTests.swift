import Testing

@testable import NeuralNetwork

@Suite struct `A sliding network` {
    /// Without padding a window's outputs do not depend on what is round it.
    private static func unpadded() throws -> Network {
        try Network(
            "unpadded", input: [2, 33, 33],
            layers: [
                .convolution(Convolution("conv1", from: 2, to: 8, kernel: 5, stride: 2)), .relu, .maxPool(MaxPool(size: 3, stride: 2)),
                .convolution(Convolution("conv2", from: 8, to: 12, kernel: 3)), .relu, .maxPool(MaxPool(size: 2, stride: 2)), .meanMaxPool,
                .dense(Dense("fc", from: 24, to: 2, isLast: true)), .softmax,
            ])
    }

    private func pictures(_ count: Int, channels: Int, height: Int, width: Int) -> Tensor {
        Tensor(shape: [count, channels, height, width], seed: 11, stream: "pictures")
    }

    private func cut(_ window: SlidingNetwork.Window, from pictures: Tensor, side: Int) -> [Float] {
        let (channels, height, width) = pictures.shape.item.asMap
        return (0..<channels).flatMap { channel in
            (0..<side).flatMap { y in
                let first = ((window.picture * channels + channel) * height + window.y + y) * width + window.x
                return pictures.values[first..<first + side]
            }
        }
    }

    @Test func `gives what the network gives for each window alone, where nothing is padded`() throws {
        let network = try Self.unpadded()
        let parameters = network.drawnParameters(seed: 4)
        let sliding = try #require(try SlidingNetwork(network, parameters))
        #expect(sliding.step == 4)
        let pictures = pictures(3, channels: 2, height: 49, width: 65)
        let windows = [(0, 0, 0), (0, 16, 32), (2, 4, 12), (1, 8, 0), (2, 4, 12)].map { SlidingNetwork.Window(picture: $0.0, y: $0.1, x: $0.2) }
        let found = try sliding.forward(pictures, windows: windows, threads: 2)
        let alone = Tensor(shape: [windows.count, 2, 33, 33], values: windows.flatMap { cut($0, from: pictures, side: 33) })
        let expected = try CompiledNetwork(network, parameters).forward(alone, threads: 1)
        #expect(found.shape == expected.shape)
        #expect(found.greatestDifference(from: expected) < 1e-5)
    }

    @Test func `gives what the network gives for a picture of one window, padded too`() throws {
        for network in [try Network.alexNetPooled(width: 0.25, channels: 2), try .alexNetOriginal()] {
            let parameters = network.drawnParameters(seed: 4)
            let sliding = try #require(try SlidingNetwork(network, parameters))
            #expect(sliding.step == 16)
            let picture = Tensor(shape: network.input.batch(of: 1), seed: 5, stream: "picture")
            let found = try sliding.forward(picture, windows: [.init(picture: 0, y: 0, x: 0)], threads: 2)
            #expect(found.greatestDifference(from: try CompiledNetwork(network, parameters).forward(picture, threads: 2)) < 1e-5)
        }
    }

    @Test func `lets a padded network see the picture go on beyond a window's edges`() throws {
        let network = try Network.alexNetPooled(width: 0.125)
        let parameters = network.drawnParameters(seed: 6)
        let sliding = try #require(try SlidingNetwork(network, parameters))
        let picture = pictures(1, channels: 1, height: 288, width: 240)
        let found = try sliding.forward(picture, windows: [.init(picture: 0, y: 32, x: 16)], threads: 2)
        // The reference layers over the whole picture, up to the last convolution's ReLU; its places 2..<15 and 1..<14 for the rest.
        let (trunk, head) = (Array(network.layers[..<12]), Array(network.layers[12...]))
        #expect(trunk.last == .relu && head.first == .maxPool(MaxPool(size: 3, stride: 2)))
        let whole = try Network("trunk", input: [1, 288, 240], layers: trunk)
        let map = try #require(try whole.outputsOfLayers(picture, parameters).last)
        #expect(map.shape == [1, 32, 17, 14])
        let places = (0..<32).flatMap { channel in (2..<15).flatMap { y in (1..<14).map { map.values[(channel * 17 + y) * 14 + $0] } } }
        let rest = try Network("head", input: [32, 13, 13], layers: head)
        let expected = try #require(try rest.outputsOfLayers(Tensor(shape: [1, 32, 13, 13], values: places), parameters).last)
        #expect(found.greatestDifference(from: expected) < 1e-5)
        let alone = Tensor(shape: [1, 1, 224, 224], values: cut(.init(picture: 0, y: 32, x: 16), from: picture, side: 224))
        #expect(try CompiledNetwork(network, parameters).forward(alone, threads: 1).greatestDifference(from: expected) > 1e-4)
    }

    @Test func `gives what a network for windows in their surroundings gives, which can be trained`() throws {
        let network = try Network.alexNetPooled(width: 0.125, batchNormalised: true, channels: 2)
        let parameters = network.drawnParameters(seed: 9)
        let surrounded = try #require(try network.surrounded(by: 32))
        #expect(surrounded.input == [2, 288, 288] && surrounded.output == network.output)
        #expect(surrounded.parameterSpecifications.map(\.name) == network.parameterSpecifications.map(\.name))
        let pictures = pictures(2, channels: 2, height: 288, width: 288)
        let windows = (0..<2).map { SlidingNetwork.Window(picture: $0, y: 32, x: 32) }
        let expected = try #require(try SlidingNetwork(network, parameters)).forward(pictures, windows: windows, threads: 2)
        #expect(try #require(try surrounded.outputsOfLayers(pictures, parameters).last).greatestDifference(from: expected) < 1e-5)
        #expect(try CompiledNetwork(surrounded, parameters).forward(pictures, threads: 2).greatestDifference(from: expected) < 1e-5)
        #expect(try network.surrounded(by: 24) == nil && network.surrounded(by: 0) == nil)
        #expect(try Network.resNet50(side: 64).surrounded(by: 32) == nil)
    }

    @Test func `gives the same bits on any number of threads`() throws {
        let network = try Network.alexNetPooled(width: 0.25)
        let sliding = try #require(try SlidingNetwork(network, network.drawnParameters(seed: 7)))
        let pictures = pictures(2, channels: 1, height: 304, width: 256)
        let windows = [(0, 0, 0), (1, 80, 32), (0, 48, 16)].map { SlidingNetwork.Window(picture: $0.0, y: $0.1, x: $0.2) }
        let one = try sliding.forward(pictures, windows: windows, threads: 1)
        for threads in [2, 3, 5] { #expect(try sliding.forward(pictures, windows: windows, threads: threads).values == one.values) }
        #expect(try sliding.forward(pictures.items(0..<1), windows: [windows[2]], threads: 3).values == one.items(2..<3).values)
    }

    @Test func `takes pictures of more sizes than it keeps ready`() throws {
        let network = try Network.alexNetPooled(width: 0.125)
        let sliding = try #require(try SlidingNetwork(network, network.drawnParameters(seed: 8)))
        let last = pictures(1, channels: 1, height: 304, width: 224)
        func outputs(_ picture: Tensor) throws -> [Float] {
            try sliding.forward(picture, windows: [.init(picture: 0, y: 0, x: 0)], threads: 1).values
        }
        let first = try outputs(last)
        for height in [224, 240, 256, 272, 288] { _ = try outputs(pictures(1, channels: 1, height: height, width: 224)) }
        #expect(try outputs(last) == first)
    }

    @Test func `is not made of a network whose convolutions lie in branches`() throws {
        for network in [try Network.resNet50(side: 64), try .inceptionV3(side: 107)] {
            #expect(try SlidingNetwork(network, network.initialParameters(seed: 1)) == nil)
        }
    }

    @Test func `refuses a picture smaller than a window or with other channels`() throws {
        let network = try Network.alexNetPooled(width: 0.125)
        let sliding = try #require(try SlidingNetwork(network, network.drawnParameters(seed: 6)))
        for (channels, side) in [(1, 8), (1, 100), (1, 223), (2, 224)] {
            let pictures = pictures(1, channels: channels, height: side, width: side)
            let windows = [SlidingNetwork.Window(picture: 0, y: 0, x: 0)]
            #expect(throws: ShapeError.self) { try sliding.forward(pictures, windows: windows, threads: 1) }
        }
    }
}
