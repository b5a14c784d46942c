import FoundationEssentials
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@testable import NeuralNetwork

/// A file as torchvision would give it: 3 input channels, 10 classes.
private func pretrained(_ network: Network, _ change: (inout [String: Tensor]) -> Void = { _ in }) -> WeightFile {
    var tensors = network.initialParameters(seed: 8).weightFile(name: "").tensors
    change(&tensors)
    return WeightFile(name: "pretrained.safetensors", tensors: tensors)
}

@Test func `a pretrained ResNet50 keeps its inner layers, folds the first and renews the last`() throws {
    let file = try pretrained(.resNet50(channels: 3, classes: 10)) {
        $0["bn1.num_batches_tracked"] = Tensor(shape: [], values: [5005])
    }
    let imported = try ImportedParameters(file, for: .resNet50(), seed: 3)
    #expect(imported.folded == ["conv1.weight"])
    #expect(imported.new == ["fc.weight", "fc.bias"])
    #expect(imported.ignored == ["bn1.num_batches_tracked"])
    #expect(imported.parameters["layer3.4.conv2.weight"]?.values == file.tensors["layer3.4.conv2.weight"]?.values)
    #expect(try imported.parameters["fc.weight"]?.values == Network.resNet50().initialParameters(seed: 3)["fc.weight"]?.values)
}

@Test func `the folded first layer answers a grey picture as the original answers it in all channels`() throws {
    let layers = { (channels: Int) -> [Layer] in
        [.convolution(Convolution("c", from: channels, to: 4, kernel: 3)), .flatten, .dense(Dense("fc", from: 64, to: 2))]
    }
    let colour = try Network("colour", input: [3, 6, 6], layers: layers(3))
    let grey = try Network("grey", input: [1, 6, 6], layers: layers(1))
    let file = pretrained(colour)
    let imported = try ImportedParameters(file, for: grey, seed: 1).parameters
    let picture = Tensor(shape: [1, 1, 6, 6], seed: 1, stream: "picture")
    let all = Tensor(shape: [1, 3, 6, 6], values: picture.values + picture.values + picture.values)
    let expected = try colour.outputsOfLayers(all, Parameters(weights: file, for: colour))[0]
    #expect(try grey.outputsOfLayers(picture, imported)[0].greatestDifference(from: expected) < 1e-5)
}

@Test func `the first layer folded for cosine and sine answers a phase as the original answers its colours`() throws {
    let layers = { (channels: Int) -> [Layer] in
        [.convolution(Convolution("c", from: channels, to: 4, kernel: 3)), .flatten, .dense(Dense("fc", from: 64, to: 2))]
    }
    let colour = try Network("colour", input: [3, 6, 6], layers: layers(3))
    let phasor = try Network("phasor", input: [2, 6, 6], layers: layers(2))
    let file = pretrained(colour)
    let imported = try ImportedParameters(file, for: phasor, seed: 1)
    #expect(imported.folded == ["c.weight"])
    let phases = Tensor(shape: [36], seed: 1, stream: "phases").values.map { Double($0) * .pi }
    let planes = { (shifts: [Double]) in shifts.flatMap { shift in phases.map { Float(cos($0 - shift)) } } }
    let third = 2 * Double.pi / 3
    let colours = Tensor(shape: [1, 3, 6, 6], values: planes([0, third, 2 * third]))
    let expected = try colour.outputsOfLayers(colours, Parameters(weights: file, for: colour))[0]
    let found = try phasor.outputsOfLayers(Tensor(shape: [1, 2, 6, 6], values: planes([0, .pi / 2])), imported.parameters)[0]
    #expect(found.greatestDifference(from: expected) < 1e-5)
}

@Test func `brought to a kernel twice as wide, the whole network answers a picture as the original answers its means of 2 x 2 pixels`() throws {
    let (side, half) = (64, 32)
    let original = try Network.efficientNetLite0(channels: 2, side: half).logits
    let multilooked = try Network.efficientNetLite0(channels: 2, side: side, looks: 2).logits
    let drawn = original.drawnParameters(seed: 4)
    let imported = try ImportedParameters(drawn.weightFile(name: "original"), for: multilooked, seed: 1)
    #expect(imported.folded == ["_conv_stem.weight"])
    // Imported, the last layer begins anew.
    let parameters = imported.parameters.replacing(["_fc.weight": drawn["_fc.weight"]!, "_fc.bias": drawn["_fc.bias"]!])
    let picture = Tensor(shape: [1, 2, side, side], seed: 1, stream: "picture")
    let means = (0..<2 * half * half).map { index in
        let (channel, y, x) = (index / half / half, index / half % half, index % half)
        let corner = (channel * side + 2 * y) * side + 2 * x
        return [0, 1, side, side + 1].reduce(Float(0)) { $0 + picture.values[corner + $1] } / 4
    }
    let expected = try #require(original.outputsOfLayers(Tensor(shape: [1, 2, half, half], values: means), drawn).last)
    let found = try #require(multilooked.outputsOfLayers(picture, parameters).last)
    #expect(found.greatestDifference(from: expected) < 1e-4 * max(1, expected.greatest))
}

@Test func `InceptionV3's auxiliary classifier is passed over`() throws {
    let file = try pretrained(.inceptionV3(channels: 3, classes: 10)) {
        $0["AuxLogits.fc.weight"] = Tensor(shape: [10, 768], repeating: 0)
    }
    let imported = try ImportedParameters(file, for: .inceptionV3(side: 224), seed: 3)
    #expect(imported.ignored == ["AuxLogits.fc.weight"])
    #expect(imported.folded == ["Conv2d_1a_3x3.conv.weight"])
}

@Test func `more layers begin anew where asked`() throws {
    let network = try Network.alexNetHalfPooled()
    let imported = try ImportedParameters(pretrained(network), for: network, renewing: ["conv5."], seed: 3)
    #expect(imported.new == ["conv5.weight", "conv5.bias", "fc.weight", "fc.bias"])
    #expect(imported.folded.isEmpty)
}

@Test func `pretrained weights that do not fit are refused by name`() throws {
    let network = try Network.alexNetHalfPooled()
    func problem(_ change: (inout [String: Tensor]) -> Void) -> SafetensorsProblem? {
        #expect(throws: WeightFileError.self) { try ImportedParameters(pretrained(network, change), for: network, seed: 0) }?.problem
    }
    #expect(problem { $0["conv3.weight"] = nil } == .missingTensor("conv3.weight"))
    #expect(problem { $0["conv6.weight"] = Tensor(shape: [1], values: [0]) } == .unknownTensor("conv6.weight"))
    #expect(problem { $0["conv2.bias"]?.values[3] = .infinity } == .notFinite("conv2.bias", index: 3))
    #expect(
        problem { $0["conv1.weight"] = Tensor(shape: [32, 3, 7, 7], repeating: 0) }
            == .wrongShape("conv1.weight", found: [32, 3, 7, 7], expected: [32, 3, 11, 11]))
    #expect(
        problem { $0["conv2.weight"] = Tensor(shape: [96, 31, 5, 5], repeating: 0) }
            == .wrongShape("conv2.weight", found: [96, 31, 5, 5], expected: [96, 32, 5, 5]))
}

@Test func `half precision takes half the space and is read back rounded; what it cannot hold is refused`() throws {
    let file = WeightFile(name: "w", tensors: ["a": Tensor(shape: [4], values: [1, -0.1, 1e-7, 65504])])
    let data = try file.encoded(.half)
    let read = try #require(try WeightFile(data: data, name: "w").tensors["a"]).values
    #expect(read == [1, Float(Float16(-0.1)), Float(Float16(1e-7)), 65504])
    let large = WeightFile(name: "w", tensors: ["a": Tensor(shape: [2], values: [0, 70000])])
    let error = #expect(throws: WeightFileError.self) { try large.encoded(.half) }
    #expect(error?.problem == .tooLargeForHalf("a", index: 1))
}

@Test func `a counter of 64 bits is read as a number`() throws {
    let header = #"{"n": {"dtype": "I64", "shape": [], "data_offsets": [0, 8]}}"#
    var data = Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0])
    data.append(contentsOf: header.utf8)
    data.append(contentsOf: [0x8D, 0x13, 0, 0, 0, 0, 0, 0])
    #expect(try WeightFile(data: data, name: "n").tensors["n"]?.values == [5005])
}
