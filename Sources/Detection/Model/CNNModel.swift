import Checksums
public import Domain
public import FoundationEssentials
import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A trained network with its card: the classifier of patches.
public struct CNNModel: Sendable {
    public let id: ModelID
    public let card: ModelCard
    let network: CompiledNetwork

    /// Pixels along each side of a patch.
    public var side: Int { card.input.width }

    /// Reads a safetensors file and the card beside it, NAME.json for NAME.safetensors.
    /// - Throws: `ModelError` where the card is missing, the checksum is another, or tensors are damaged, missing or of
    ///   another shape.
    public static func load(weights url: URL) throws(ModelError) -> CNNModel {
        let card = try ModelCard(besideWeights: url)
        // One read for checksum and tensors: they cannot differ if the file is replaced meanwhile.
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            throw .unreadableWeights(path: url.path, reason: String(describing: error))
        }
        let checksum = Checksums.sha256(of: data)
        guard checksum == card.sha256.lowercased() else {
            throw .wrongChecksum(weights: url.path, card: card.sha256, found: checksum)
        }
        return CNNModel(
            id: ModelID(name: card.name, checksum: String(checksum.prefix(12))), card: card,
            network: try network(for: card, weights: data, name: url.lastPathComponent))
    }

    private static func network(for card: ModelCard, weights: Data, name: String) throws(ModelError) -> CompiledNetwork {
        guard let architecture = Architecture(name: card.architecture) else {
            throw .unknownArchitecture(card.architecture, known: Architecture.knownNames)
        }
        let network: CompiledNetwork
        do {
            let description = try architecture.stored(channels: card.input.channels)
            network = try CompiledNetwork(
                description, Parameters(weights: WeightFile(data: weights, name: name), for: description))
        } catch let error as WeightFileError {
            throw .weights(error)
        } catch let error as ShapeError {
            throw .shape(error)
        } catch {
            throw .unreadableWeights(path: name, reason: String(describing: error))
        }
        try check(card, network)
        return network
    }

    private static func check(_ card: ModelCard, _ network: CompiledNetwork) throws(ModelError) {
        let input = card.input
        func refuse(_ reason: String) -> ModelError { .unsupportedInput(model: card.name, reason: reason) }
        guard Shape([input.channels, input.height, input.width]) == network.input, input.height == input.width else {
            throw refuse(
                "its card gives \(input.channels) x \(input.height) x \(input.width), its network takes \(network.input)"
            )
        }
        guard input.noData == Int(GreyImage.noData) else {
            throw refuse("no data is the grey level \(input.noData) in its card, \(GreyImage.noData) here")
        }
        guard input.channels == input.encoding.channels else {
            throw refuse("its card gives \(input.channels) channels, \(input.encoding.rawValue) phase has \(input.encoding.channels)")
        }
        guard card.classes.count == 2, card.classes[1] == "deformation", network.output == [2] else {
            throw refuse("its classes are \(card.classes), expected two with deformation second")
        }
    }

    /// The probability of deformation in each patch.
    /// - Parameters:
    ///   - patches: grey levels, `side * side` each, row-major.
    ///   - viewsFrom: see `DetectionSettings`; infinity is one view of each.
    /// - Throws: `ShapeError` where a patch has another size.
    public func probabilities(of patches: [[UInt8]], viewsFrom: Double = .infinity, threads: Int) throws -> [Double] {
        if let odd = patches.first(where: { $0.count != side * side }) {
            throw ShapeError(
                operation: "model \(card.name)", input: [odd.count], expected: [side, side], reason: "a patch has \(side) x \(side) levels")
        }
        let images = patches.map { GreyImage(width: side, height: side, levels: $0) }
        let whole = images.indices.map { (image: $0, origin: PatchOrigin(y: 0, x: 0)) }
        return try probabilities(of: whole, in: images, viewsFrom: viewsFrom, threads: threads).map(Double.init)
    }

    private static let otherViews = [
        PatchView(isMirrored: true, turns: 0), PatchView(isMirrored: false, turns: 2), PatchView(isMirrored: true, turns: 2),
    ]

    /// The probability of deformation in each patch; what might be deformation is looked at in several views, whose log-odds' mean counts.
    /// - Parameters:
    ///   - patches: squares of the image they name, by its index in `images`.
    ///   - viewsFrom: a patch with a lower probability in one view is not looked at in others.
    ///   - threads: how many to use; the caller's thread waits.
    func probabilities(
        of patches: [(image: Int, origin: PatchOrigin)], in images: [GreyImage], viewsFrom: Double, threads: Int
    ) throws -> [Float] {
        var result = try look(at: patches.map { ($0.image, $0.origin, .upright) }, in: images, threads: threads)
        let doubtful = result.indices.filter { Double(result[$0]) >= viewsFrom }
        let others = Self.otherViews
        let again = try look(
            at: doubtful.flatMap { index in others.map { (patches[index].image, patches[index].origin, $0) } }, in: images, threads: threads)
        for (number, index) in doubtful.enumerated() {
            let views = again[number * others.count..<(number + 1) * others.count]
            let mean = views.reduce(result[index].logOdds) { $0 + $1.logOdds } / Float(others.count + 1)
            result[index] = 1 / (1 + exp(-mean))
        }
        return result
    }

    /// The probability of deformation in each patch, as the network sees it in one view.
    private func look(at patches: [(image: Int, origin: PatchOrigin, view: PatchView)], in images: [GreyImage], threads: Int) throws -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(patches.count)
        // 64 patches are 13 MB of input for each channel, whatever the number of scenes.
        for start in stride(from: 0, to: patches.count, by: 64) {
            let some = patches[start..<min(start + 64, patches.count)]
            let values = [Float](unsafeUninitializedCapacity: some.count * network.input.count) { buffer, count in
                for patch in some {
                    encode(images[patch.image], patch.origin, patch.view, to: buffer.extracting(count..<count + network.input.count))
                    count += network.input.count
                }
            }
            let output = try network.forward(
                Tensor(shape: network.input.batch(of: some.count), values: values), threads: threads)
            result += stride(from: 1, to: output.values.count, by: 2).map { output.values[$0] }
        }
        return result
    }

    private func encode(_ image: GreyImage, _ origin: PatchOrigin, _ view: PatchView, to buffer: UnsafeMutableBufferPointer<Float>) {
        let side = side
        let path = view.path(origin: origin, side: side, width: image.width)
        image.levels.withUnsafeBufferPointer { levels in
            for (channel, table) in card.input.encoding.tables.enumerated() {
                table.withUnsafeBufferPointer { table in
                    for y in 0..<side {
                        let (row, place) = (path.first + y * path.row, (channel * side + y) * side)
                        let to = buffer.extracting(place..<place + side)
                        for x in 0..<side { to[x] = table[Int(levels[row + x * path.column])] }
                    }
                }
            }
        }
    }
}

extension Float {
    /// Of a probability, which may be 0 or 1.
    fileprivate var logOdds: Float { log(max(self, .leastNormalMagnitude)) - log(max(1 - self, .ulpOfOne / 2)) }
}
