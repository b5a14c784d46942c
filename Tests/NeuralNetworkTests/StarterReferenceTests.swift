import FoundationEssentials
import NeuralNetwork
import Testing

private let tolerance: Float = 1e-4

/// Grey levels as the starter model takes them.
private func scaled(_ patches: Tensor) -> Tensor {
    Tensor(shape: [patches.shape[0], 1, 224, 224], values: patches.values.map { ($0 - 128) / 128 })
}

@Suite struct StarterReferenceTests {
    private let network: Network
    private let parameters: Parameters
    private let compiled: CompiledNetwork
    private let file: WeightFile

    init() throws {
        network = try .alexNetHalfPooled()
        parameters = try Parameters(weights: Reference.starterWeights.get(), for: network)
        compiled = try CompiledNetwork(network, parameters)
        file = try Reference.starterPatches.get()
    }

    @Test func `every layer of the starter model gives PyTorch's values`() throws {
        let outputs = try network.outputsOfLayers(scaled(file.reference("patches")), parameters)
        #expect(outputs.count == 16)
        for (index, output) in outputs.enumerated() {
            let expected = try file.reference("layer-\(index)")
            let step = max(1, output.values.count / 200)
            let samples = stride(from: 0, to: output.values.count, by: step).map { output.values[$0] }
            let difference = Tensor(shape: [samples.count], values: samples).greatestDifference(from: expected)
            #expect(difference < tolerance, "layer \(index), \(network.layers[index].summary)")
        }
    }

    @Test func `the starter model gives PyTorch's features and logits`() throws {
        let outputs = try network.outputsOfLayers(scaled(file.reference("patches")), parameters)
        #expect(outputs[13].greatestDifference(from: try file.reference("features")) < tolerance)
        #expect(outputs[14].greatestDifference(from: try file.reference("logits")) < tolerance)
    }

    @Test func `compiled, it gives the same probabilities and features`() throws {
        let batch = try scaled(file.reference("patches"))
        let outputs = try network.outputsOfLayers(batch, parameters)
        #expect(try compiled.forward(batch, threads: 2).greatestDifference(from: outputs[15]) < tolerance)
        #expect(try compiled.features(batch, threads: 2).greatestDifference(from: try file.reference("features")) < tolerance)
    }

    @Test func `the starter model has the weights its card states`() {
        #expect(network.weightCount == 616_290)
        #expect(network.output == [2])
    }

    @Test(arguments: [1, 2, 3, 8])
    func `patches keep their order and values on any number of threads`(threads: Int) throws {
        let two = try scaled(file.reference("patches"))
        let seven = Tensor(
            shape: [7, 1, 224, 224], values: two.values + two.values + two.values + two.items(1..<2).values)
        let outputs = try compiled.forward(seven, threads: threads)
        let expected = try (0..<2).map { try compiled.forward(two.items($0..<$0 + 1), threads: 1) }
        for (index, which) in [0, 1, 0, 1, 0, 1, 1].enumerated() {
            #expect(outputs.items(index..<index + 1).greatestDifference(from: expected[which]) < 1e-6)
        }
    }

    @Test func `an empty batch gives an empty result`() throws {
        #expect(try compiled.forward(Tensor(shape: [0, 1, 224, 224], values: []), threads: 2).shape == [0, 2])
    }

    @Test(.enabled(if: Reference.sharedStarter != nil, "the shared model's reference is not here"))
    func `the reference that came with the starter model is met`() throws {
        let reference = try SharedReference(contentsOf: #require(Reference.sharedStarter))
        let outputs = try network.outputsOfLayers(scaled(reference.patches), parameters)
        #expect(outputs[13].greatestDifference(from: reference.features) < tolerance)
        #expect(outputs[14].greatestDifference(from: reference.logits) < tolerance)
    }
}

/// The shared reference stores its patches as bytes, which weights never are: read here, not by the product.
private struct SharedReference {
    let patches: Tensor
    let features: Tensor
    let logits: Tensor

    private struct Entry: Decodable {
        // Optional, because the metadata has the same place in the header and none of these.
        let dtype: String?
        let shape: [Int]?
        let data_offsets: [Int]?
    }

    init(contentsOf url: URL) throws {
        let data = try Data(contentsOf: url)
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONDecoder().decode([String: Entry].self, from: data[8..<8 + length])
        func tensor(_ name: String) throws -> Tensor {
            let entry = try #require(header[name])
            let (shape, offsets) = (try #require(entry.shape), try #require(entry.data_offsets))
            let bytes = [UInt8](data[8 + length + offsets[0]..<8 + length + offsets[1]])
            let values: [Float] =
                entry.dtype == "U8"
                ? bytes.map(Float.init)
                : stride(from: 0, to: bytes.count, by: 4).map { i in
                    Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[i + $1]) << (8 * $1) })
                }
            return Tensor(shape: Shape(shape), values: values)
        }
        (patches, features, logits) = (try tensor("patches"), try tensor("features"), try tensor("logits"))
    }
}
