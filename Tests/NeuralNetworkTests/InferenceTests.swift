import Foundation
import Testing

@testable import NeuralNetwork

/// The instruction sets that this machine runs; "wide" is AVX-512's code without its instructions.
let kernelSets = ["plain", "avx2", "avx512", "wide"].compactMap(KernelSet.init(named:))

private func batch(_ network: Network, of items: Int, seed: UInt64 = 3) -> Tensor {
    Tensor(shape: network.input.batch(of: items), seed: seed, stream: "batch")
}

/// Compares logits and features with the reference layers', relative to their greatest value.
private func check(_ network: Network, items: Int, kernels: KernelSet, tolerance: Float, threads: Int = 2) throws {
    let network = network.logits
    let parameters = network.drawnParameters(seed: 17)
    let input = batch(network, of: items)
    let expected = try network.outputsOfLayers(input, parameters, threads: 2)
    let compiled = try CompiledNetwork(network, parameters, kernels: kernels)
    let logits = try #require(expected.last)
    let difference = try compiled.forward(input, threads: threads).greatestDifference(from: logits)
    #expect(
        difference < tolerance * max(logits.greatest, 1e-3),
        "\(network.name) on \(kernels.name): logits differ by \(difference) of \(logits.greatest)")
    let features = expected[network.trunk.layers.count - 1]
    let apart = try compiled.features(input, threads: threads).greatestDifference(from: features)
    #expect(
        apart < tolerance * max(features.greatest, 1e-3), "\(network.name) on \(kernels.name): features differ by \(apart) of \(features.greatest)")
}

@Test(
    .enabled(if: KernelSet(named: "avx2") != nil, "for processors with AVX2"),
    .enabled(if: (ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] ?? "").isEmpty, "the environment names OpenBLAS' kernels")
)
func `OpenBLAS runs kernels of this processor's kind, though it may not know the processor`() {
    #expect(!["Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Sandybridge", "Generic"].contains(MatrixProduct.kernels))
}

@Suite struct `A compiled network` {
    private static let architectures: [@Sendable () throws -> Network] = [
        { try .alexNet() }, { try .alexNetHalfPooled() }, { try .alexNetHalfPooled(batchNormalised: true) }, { try .alexNetOriginal() },
        { try .resNet50(side: 64) }, { try .inceptionV3(side: 107) }, { try .alexNet(channels: 3) },
        { try .efficientNetLite0(side: 64) }, { try .efficientNetLite0(channels: 2, side: 64, looks: 2) },
    ]

    @Test(arguments: architectures.indices)
    func `gives the reference layers' logits and features for each architecture`(_ index: Int) throws {
        try check(Self.architectures[index](), items: 3, kernels: .preferred, tolerance: 1e-4)
    }

    @Test func `runs on kernels of its own, but for the normalisation of 2012`() throws {
        for index in Self.architectures.indices {
            let network = try Self.architectures[index]()
            let compiled = try CompiledNetwork(network, network.drawnParameters(seed: 5))
            let isOriginal = network.name == "alexnet-original"
            #expect(compiled.description.contains("without a kernel of their own") == isOriginal, "\(network.name): \(compiled.description)")
        }
    }

    @Test(arguments: kernelSets.indices)
    func `gives them on each instruction set`(_ index: Int) throws {
        try check(.alexNetHalfPooled(batchNormalised: true), items: 2, kernels: kernelSets[index], tolerance: 1e-4)
        try check(.resNet50(side: 64), items: 1, kernels: kernelSets[index], tolerance: 1e-4)
        try check(.efficientNetLite0(side: 64), items: 1, kernels: kernelSets[index], tolerance: 1e-4)
    }

    @Test(arguments: 0..<60)
    func `gives them for networks of any shape`(_ seed: UInt64) throws {
        let network = try RandomNetwork.draw(seed: seed)
        for kernels in kernelSets { try check(network, items: 1 + Int(seed % 4), kernels: kernels, tolerance: 2e-4) }
    }

    @Test(arguments: [(height: 45, width: 20), (7, 131)], [(kernel: Extent(3, 3), stride: 1), (3, 2), (5, 1), (5, 2), (Extent(7, 3), 1)])
    func `sees each channel for itself on maps that the nearest cache holds in several bands, or no two rows of`(
        _ map: (height: Int, width: Int), _ layer: (kernel: Extent, stride: Int)
    ) throws {
        let padding = Extent(layer.kernel.height / 2, layer.kernel.width / 2)
        let network = try Network(
            "bands", input: [40, map.height, map.width],
            layers: [
                .convolution(
                    Convolution(
                        "each", from: 40, to: 40, kernel: layer.kernel, stride: Extent(layer.stride, layer.stride), padding: padding, groups: 40)),
                .relu, .convolution(Convolution("all", from: 40, to: 2, kernel: 1)),
            ])
        for kernels in kernelSets { try check(network, items: 3, kernels: kernels, tolerance: 1e-4, threads: 2) }
    }

    @Test func `gives an item the same bits in any batch and on any number of threads`() throws {
        let network = try Network.alexNetPooled(width: 0.25)
        let compiled = try CompiledNetwork(network, network.drawnParameters(seed: 5))
        let input = batch(network, of: 21)
        let whole = try compiled.forward(input, threads: 1)
        for threads in [2, 3] { #expect(try compiled.forward(input, threads: threads).values == whole.values) }
        for item in [0, 7, 8, 20] {
            let alone = try compiled.forward(input.items(item..<item + 1), threads: 2)
            #expect(alone.values == whole.items(item..<item + 1).values)
        }
    }

    @Test func `reads large dense layers once for the whole batch with the same result`() throws {
        let network = try Network(
            "dense", input: [3, 9, 9],
            layers: [
                .convolution(Convolution("conv", from: 3, to: 20, kernel: 3)), .relu, .flatten,
                .dense(Dense("fc1", from: 20 * 49, to: 300)), .relu, .dense(Dense("fc2", from: 300, to: 270)), .relu,
                .dense(Dense("fc3", from: 270, to: 5, isLast: true)),
            ])
        for items in [1, 2, 7, 67] { try check(network, items: items, kernels: .preferred, tolerance: 1e-4, threads: 3) }
        for kernels in kernelSets { try check(network, items: 13, kernels: kernels, tolerance: 1e-4, threads: 1) }
    }

    @Test func `gives the same where layers follow a large convolution to one pixel`() throws {
        // From that convolution on the whole batch goes together, and threads share a layer's outputs: not Winograd's.
        let network = try Network(
            "late", input: [512, 3, 3],
            layers: [
                .convolution(Convolution("one", from: 512, to: 64, kernel: 3)), .relu,
                .convolution(Convolution("wide", from: 64, to: 64, kernel: 1, padding: 4)), .relu,
                .convolution(Convolution("again", from: 64, to: 64, kernel: 3, padding: 1)), .flatten,
                .dense(Dense("fc", from: 64 * 81, to: 2, isLast: true)),
            ])
        for items in [1, 9] { try check(network, items: items, kernels: .preferred, tolerance: 1e-4, threads: 3) }
    }

    @Test func `adds a flattened map to what a dense layer makes of it`() throws {
        let network = try Network(
            "residual", input: [2, 3, 3],
            layers: [
                .flatten, .residual(Residual(body: [.dense(Dense("inner", from: 18, to: 18))])), .relu,
                .dense(Dense("fc", from: 18, to: 2, isLast: true)),
            ])
        try check(network, items: 4, kernels: .preferred, tolerance: 1e-4)
    }

    @Test(arguments: kernelSets.indices)
    func `hands a value that is not a number on through a ReLU of its own`(_ index: Int) throws {
        let network = try Network(
            "pooled", input: [8, 4, 4],
            layers: [.maxPool(MaxPool(size: 2, stride: 2)), .relu, .flatten, .dense(Dense("fc", from: 32, to: 2, isLast: true))])
        var input = batch(network, of: 1)
        input.values[0] = .nan
        let compiled = try CompiledNetwork(network, network.drawnParameters(seed: 5), kernels: kernelSets[index])
        #expect(try compiled.forward(input, threads: 1).values.allSatisfy { $0.isNaN })
    }

    @Test func `gives the same to several threads that use it at once`() async throws {
        let network = try Network.alexNetPooled(width: 0.25)
        let compiled = try CompiledNetwork(network, network.drawnParameters(seed: 5))
        let input = batch(network, of: 4)
        let expected = try compiled.forward(input, threads: 1).values
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<6 { group.addTask { try compiled.forward(input, threads: 2).values } }
            for try await values in group { #expect(values == expected) }
        }
    }

    @Test func `gives probabilities that add up to one after a softmax`() throws {
        let network = try Network.alexNetPooled(width: 0.25)
        let output = try CompiledNetwork(network, network.drawnParameters(seed: 5)).forward(batch(network, of: 3), threads: 1)
        #expect(output.shape == [3, 2])
        for item in 0..<3 { #expect(abs(output.values[2 * item] + output.values[2 * item + 1] - 1) < 1e-6) }
    }

    @Test func `hands a value that is not a number on instead of hiding it`() throws {
        let network = try Network.alexNetPooled(width: 0.25).logits
        var input = batch(network, of: 1)
        input.values[100 * 224 + 100] = .nan
        let output = try CompiledNetwork(network, network.drawnParameters(seed: 5)).forward(input, threads: 1)
        #expect(output.values.contains { $0.isNaN })
    }

    @Test func `takes an empty batch`() throws {
        let network = try Network.alexNetPooled(width: 0.25)
        let compiled = try CompiledNetwork(network, network.initialParameters(seed: 5))
        #expect(try compiled.forward(batch(network, of: 0), threads: 2).shape == [0, 2])
    }

    @Test func `refuses a batch of another shape`() throws {
        let network = try Network.alexNetPooled(width: 0.25)
        let compiled = try CompiledNetwork(network, network.initialParameters(seed: 5))
        #expect(throws: ShapeError.self) { try compiled.forward(Tensor(shape: [1, 1, 223, 224], repeating: 0), threads: 1) }
        #expect(throws: ShapeError.self) { try compiled.features(Tensor(shape: [1, 224, 224], repeating: 0), threads: 1) }
    }

    @Test func `refuses another network's parameters`() throws {
        let other = try Network.alexNetPooled(width: 0.5).initialParameters(seed: 1)
        let network = try Network.alexNetPooled(width: 0.25)
        #expect(throws: WeightFileError.self) { try CompiledNetwork(network, other) }
    }

    @Test func `names the layers that have no kernel`() throws {
        let original = try Network.alexNetOriginal()
        let text = try CompiledNetwork(original, original.initialParameters(seed: 1)).description
        #expect(text.contains("without a kernel of their own: local response normalisation"))
        let pooled = try Network.alexNetPooled(width: 0.25)
        #expect(!(try CompiledNetwork(pooled, pooled.initialParameters(seed: 1)).description.contains("without")))
    }

    @Test func `runs on kernels that this processor has`() {
        #expect(kernelSets.contains { $0.name == KernelSet.preferred.name })
        #expect(KernelSet(named: "plain") != nil)
        #expect(KernelSet(named: "abacus") == nil)
    }
}
