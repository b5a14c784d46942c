import Testing

@testable import NeuralNetwork

private func picture(side: Int, batch: Int = 1) -> Tensor {
    Tensor(shape: [batch, 1, side, side], seed: 5, stream: "picture")
}

/// Relative to the greatest value: the sums of the deep networks have thousands of terms.
private func check(_ found: Tensor, _ expected: Tensor, _ tolerance: Float) {
    #expect(found.greatestDifference(from: expected) < tolerance * max(1, expected.greatest))
}

private let networks: [(name: String, network: @Sendable () throws -> Network, side: Int, batch: Int)] = [
    ("alexnet", { try .alexNet() }, 224, 1),
    ("resnet50", { try .resNet50(side: 64) }, 64, 2),
    ("inception-v3", { try .inceptionV3(side: 107) }, 107, 2),
    ("inception-v3-224", { try .inceptionV3(side: 224) }, 224, 1),
    ("alexnet-original", { try .alexNetOriginal() }, 224, 1),
    ("efficientnet-lite0", { try .efficientNetLite0(side: 64) }, 64, 2),
]

@Test(arguments: networks.indices)
func `an architecture gives PyTorch's logits under the names of its published weights`(_ index: Int) throws {
    let (name, make, side, batch) = networks[index]
    let network = try make().logits
    let outputs = try network.outputsOfLayers(picture(side: side, batch: batch), network.drawnParameters(seed: 11), threads: 2)
    let expected = try Reference.architectures.get().reference("\(name)/logits")
    check(try #require(outputs.last), expected, 1e-4)
}

private let waysBack: [(name: String, network: @Sendable () throws -> Network, parameters: [String])] = [
    (
        "resnet50", { try .resNet50(side: 64) },
        ["conv1.weight", "bn1.weight", "layer1.0.downsample.0.weight", "layer3.2.conv2.weight", "layer4.2.bn3.bias", "fc.weight"]
    ),
    (
        "efficientnet-lite0", { try .efficientNetLite0(side: 64) },
        [
            "_conv_stem.weight", "_blocks.3._depthwise_conv.weight", "_blocks.8._depthwise_conv.weight", "_blocks.15._project_conv.weight",
        ]
    ),
]

@Test(arguments: waysBack.indices)
func `the way back through a deep network gives PyTorch's gradients`(_ index: Int) throws {
    let network = try waysBack[index].network().logits
    let parameters = network.drawnParameters(seed: 11)
    let input = picture(side: 64, batch: 2)
    let logits = try #require(try network.outputsOfLayers(input, parameters, threads: 2).last)
    var outgoing = logits
    _ = logits.values.withUnsafeBufferPointer { scores in
        outgoing.values.withUnsafeMutableBufferPointer {
            CrossEntropy().loss(scores.baseAddress!, classes: 2, labels: [0, 1], sampleWeights: nil, gradient: $0.baseAddress)
        }
    }
    let pass = try OnePass(network, parameters, input: input, outgoing: outgoing, isTraining: false)
    let file = try Reference.architectures.get()
    for name in waysBack[index].parameters {
        let gradient = try #require(pass.gradients[name])
        let step = max(1, gradient.values.count / 50)
        let samples = stride(from: 0, to: gradient.values.count, by: step).map { gradient.values[$0] }
        let expected = try file.reference("\(waysBack[index].name)/gradient/\(name)")
        let difference = Tensor(shape: [samples.count], values: samples).greatestDifference(from: expected)
        #expect(difference < 1e-3 * expected.greatest, "\(name): \(difference) of \(expected.greatest)")
    }
}

@Test func `architectures have as many weights as published`() throws {
    #expect(try Network.alexNet(channels: 3, classes: 1000).weightCount == 61_100_840)
    #expect(try Network.resNet50(channels: 3, classes: 1000).weightCount == 25_557_032)
    #expect(try Network.inceptionV3(channels: 3, classes: 1000).weightCount == 23_834_568)
    #expect(try Network.alexNetOriginal(channels: 3, classes: 1000).weightCount == 60_965_224)
    // 4,652,008 published, with a last layer of 1280 rather than 2560 features.
    #expect(try Network.efficientNetLite0(channels: 3, classes: 1000).weightCount == 4_652_008 + 1000 * 1280)
    #expect(try Network.alexNetHalfPooled().weightCount == 616_290)
    #expect(try Network.alexNetPooled(width: 1).weightCount == 2_455_234)
}

@Test func `the same seed gives the same weights, another one others, and a layer's do not depend on the rest`() throws {
    let network = try Network.alexNetHalfPooled()
    let weights = network.initialParameters(seed: 1)
    #expect(network.initialParameters(seed: 1).bits == weights.bits)
    #expect(network.initialParameters(seed: 2)["conv1.weight"]?.values != weights["conv1.weight"]?.values)
    let normalised = try Network.alexNetHalfPooled(batchNormalised: true).initialParameters(seed: 1)
    #expect(normalised["conv3.weight"]?.values == weights["conv3.weight"]?.values)
    let values = try #require(weights["conv4.weight"]).values
    let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
    #expect(abs(variance * 192 * 9 / 2 - 1) < 0.02)
}

private let folding: [@Sendable () throws -> Network] = [
    { try .alexNetHalfPooled(batchNormalised: true) }, { try .resNet50(side: 64) }, { try .inceptionV3(side: 107) },
]

@Test(arguments: folding.indices)
func `folding the normalisation into the convolutions leaves the outputs as they are`(_ index: Int) throws {
    let network = try folding[index]()
    let parameters = network.drawnParameters(seed: 2)
    let (plain, weights) = try network.folded(parameters)
    #expect(!plain.layers.flatMap(\.leaves).contains { $0.asBatchNormalisation != nil })
    let input = picture(side: network.input[1])
    let expected = try #require(try network.logits.outputsOfLayers(input, parameters).last)
    check(try #require(try plain.logits.outputsOfLayers(input, weights).last), expected, 1e-4)
    if index == 0 { #expect(try plain == .alexNetHalfPooled()) }
}

@Test func `a normalisation that follows no convolution stays`() throws {
    let network = try Network(
        "n", input: [2, 3, 3], layers: [.relu, .batchNormalisation(BatchNormalisation("bn", channels: 2)), .meanMaxPool])
    let (folded, parameters) = try network.folded(network.initialParameters(seed: 0))
    #expect(folded == network)
    #expect(parameters.names == ["bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"])
}
