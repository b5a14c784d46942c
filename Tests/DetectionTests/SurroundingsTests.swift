import Domain
import Foundation
import NeuralNetwork
import Raster
import Testing

@testable import Detection

/// The starter model with a card that lets it see patches in their surroundings.
private func model(_ surroundings: String) throws -> CNNModel {
    let folder = FileManager.default.temporaryDirectory.appending(path: "surroundings-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "copy.safetensors")
    try Data(contentsOf: Starter.weights).write(to: file)
    let card = try String(decoding: Data(contentsOf: ModelCard.location(besideWeights: Starter.weights)), as: UTF8.self)
    try Data(card.replacing("{\n", with: "{\n  \"surroundings\": \(surroundings),\n", maxReplacements: 1).utf8)
        .write(to: ModelCard.location(besideWeights: file))
    return try CNNModel.load(weights: file)
}

private func card(scale: Double, shift: Double, pixels: Int = 48) -> String {
    "{\"scale\": \(scale), \"shift\": \(shift), \"pixels\": \(pixels), \"on\": \"made\"}"
}

/// Rings over the whole of an image, and a strip without data.
private func image(height: Int, width: Int) -> GreyImage {
    GreyImage(
        width: width, height: height,
        levels: (0..<height * width).map { i in
            let (y, x) = (i / width, i % width)
            if x > width - 12 { return GreyImage.noData }
            let distance = Double((y - height / 2) * (y - height / 2) + (x - width / 2) * (x - width / 2)).squareRoot()
            return UInt8(truncatingIfNeeded: Int(distance * 5)) | 1
        })
}

private func logOdds(_ probability: Float) -> Double { log(Double(probability)) - log1p(-Double(probability)) }

private func probabilities(
    _ model: CNNModel, _ origins: [(y: Int, x: Int)], _ images: GreyImage..., viewsFrom: Double = .infinity
) throws -> [Float] {
    try model.probabilities(
        of: images.indices.flatMap { image in origins.map { (image: image, origin: PatchOrigin(y: $0.y, x: $0.x)) } }, in: images,
        viewsFrom: viewsFrom, threads: 2)
}

@Test func `a picture of one patch has no surroundings: a model that sees them gives what it gives without`() throws {
    let (with, without) = (try model(card(scale: 1.3, shift: -4)), try Starter.model.get())
    #expect(with.step == 16 && without.step == 1)
    let picture = image(height: 224, width: 224)
    let found = try probabilities(with, [(0, 0)], picture), expected = try probabilities(without, [(0, 0)], picture)
    #expect(abs(found[0] - expected[0]) < 1e-4)
}

@Test func `the correction grows with the edges over which the picture goes on`() throws {
    let origins = [(y: 0, x: 0), (0, 112), (112, 112), (80, 80), (16, 96)]
    let picture = image(height: 512, width: 512)
    let plain = try probabilities(model(card(scale: 1, shift: 0)), origins, picture).map(logOdds)
    let moved = try probabilities(model(card(scale: 1, shift: -2)), origins, picture).map(logOdds)
    let edges = [2, 3, 4, 4, 3 + 1.0 / 3]
    for (index, edges) in edges.enumerated() { #expect(abs(moved[index] - plain[index] + 2 * edges / 4) < 1e-3) }
    let stretched = try probabilities(model(card(scale: 1.5, shift: 0)), origins, picture).map(logOdds)
    for (index, edges) in edges.enumerated() { #expect(abs(stretched[index] - plain[index] * (1 + 0.5 * edges / 4)) < 2e-3) }
}

@Test func `pictures of several sizes and with any number of patches go together`() throws {
    let model = try model(card(scale: 1.2, shift: -1))
    let (large, small, other) = (image(height: 512, width: 512), image(height: 224, width: 304), image(height: 512, width: 512))
    let together = try probabilities(model, [(0, 0), (0, 80)], large, small, other)
    let apart = try [large, small, other].flatMap { try probabilities(model, [(0, 0), (0, 80)], $0) }
    #expect(zip(together, apart).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(Set(together).count > 2)
    let many = try model.probabilities(
        of: (0..<20).map { (image: $0, origin: PatchOrigin(y: 0, x: 80)) }, in: Array(repeating: small, count: 20), viewsFrom: .infinity,
        threads: 2)
    #expect(many.allSatisfy { abs($0 - together[3]) < 1e-5 })
}

@Test func `a doubtful patch is looked at alone when it is turned`() throws {
    let (model, alone) = (try model(card(scale: 1, shift: 0)), try Starter.model.get())
    let picture = image(height: 304, width: 304)
    let once = try probabilities(model, [(32, 32)], picture)
    let square = (32..<256).flatMap { y -> ArraySlice<UInt8> in picture.levels[y * 304 + 32..<y * 304 + 256] }
    let turned = try alone.probabilities(of: [square.reversed()], threads: 1)
    let expected = (logOdds(once[0]) + logOdds(Float(turned[0]))) / 2
    #expect(abs(logOdds(try probabilities(model, [(32, 32)], picture, viewsFrom: 0)[0]) - expected) < 2e-3)
}

@Test(arguments: [UInt64(1), 2, 3])
func `a source is flagged near its place by a model that sees surroundings`(seed: UInt64) throws {
    let scene = MadeScene(peak: -25, seed: seed)
    let detector = VolcanoDetector(model: try model(card(scale: 1, shift: 0)), threads: 2)
    let result = try detector.assess(phase: scene.phase(), coherence: scene.coherence(0.7), summit: #require(MadeScene.summit))
    guard case .scored(let finding) = result.result else {
        Issue.record("not scored")
        return
    }
    #expect(finding.pMax.value > 0.8 && finding.patches.total == 16)
    #expect(finding.place.distance(to: try #require(scene.sourcePlace)) < 5000)
    #expect(result.probability?.geometry == scene.phase().geometry)
}

@Test(arguments: [150, 224, 230, 260, 333])
func `a crop of any size is judged by a model that sees surroundings, on its own grid`(side: Int) throws {
    let scene = MadeScene(side: side, peak: -25, source: (Double(side) / 2, Double(side) / 2))
    let detector = VolcanoDetector(model: try model(card(scale: 1.2, shift: -1)), threads: 2)
    let result = try detector.assess(phase: scene.phase(), coherence: nil, summit: #require(MadeScene.summit))
    guard case .scored(let finding) = result.result else {
        Issue.record("not scored")
        return
    }
    let probability = try #require(result.probability)
    #expect(probability.geometry == scene.phase().geometry)
    #expect(probability.values.allSatisfy { (0...1).contains($0) } && finding.pMax.value > 0.2)
    // Patches of 224 pixels at every 112, and one at the end, which is filled up to the next 16.
    let along = [150: 1, 224: 1, 230: 2, 260: 2, 333: 2][side] ?? 0
    #expect(finding.patches.total == along * along)
}

@Test func `crops of several sizes, with and without data, are judged together as they are apart`() throws {
    let detector = VolcanoDetector(model: try model(card(scale: 1.2, shift: -1)), threads: 2)
    let summit = try #require(MadeScene.summit)
    let island = MadeScene(peak: -25, valid: { y, x in (y - 230) * (y - 230) + (x - 290) * (x - 290) < 20_000 })
    let (small, other) = (MadeScene(side: 224, peak: -25, source: (112, 112)), MadeScene(side: 300, seed: 4))
    let scenes = [MadeScene(peak: -25), small, island, other, MadeScene(valid: { _, _ in false })]
    let crops = scenes.map { VolcanoCrop(phase: $0.phase(), coherence: nil, summit: summit) }
    func score(_ result: DetectionResult) -> Double? { if case .scored(let finding) = result.result { finding.pMax.value } else { nil } }
    let together = try detector.assess(crops).map(score), apart = try crops.map { score(try detector.assess([$0])[0]) }
    #expect(together.map { $0 == nil } == [false, false, false, false, true])
    for (one, other) in zip(together, apart) { #expect(abs((one ?? -1) - (other ?? -1)) < 1e-5) }
}

@Test func `an image is filled up so that patches at its end begin at a step`() throws {
    let phase = MadeScene(side: 250).phase()
    let sizes = [(100, 16), (224, 16), (225, 16), (250, 1), (250, 16), (240, 16)].map { side, step in
        GreyImage(phase.cropped(side), atLeast: 224, step: step).width
    }
    #expect(sizes == [224, 224, 240, 250, 256, 240])
}

extension RasterGrid {
    fileprivate func cropped(_ side: Int) -> RasterGrid {
        RasterGrid(
            geometry: GridGeometry(
                width: side, height: side, west: geometry.west, north: geometry.north, pixelWidth: geometry.pixelWidth,
                pixelHeight: geometry.pixelHeight),
            values: (0..<side).flatMap { values[$0 * width..<$0 * width + side] })
    }
}

@Test(arguments: [
    (card(scale: 0, shift: 1), "scale 0.0"), (card(scale: -1, shift: 1), "scale -1.0"), (card(scale: 1, shift: 0, pixels: 0), "0 pixels"),
])
func `surroundings that cannot be are refused`(_ text: String, _ said: String) throws {
    let error = #expect(throws: ModelError.self) { try model(text) }
    #expect("\(try #require(error))".contains(said))
}
