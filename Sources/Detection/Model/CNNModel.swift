import Checksums
public import Domain
public import FoundationEssentials
public import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A trained network with its card: the classifier of patches.
public struct CNNModel: Sendable {
    public let id: ModelID
    public let card: ModelCard
    private let classifier: Classifier
    /// What looks at doubtful patches besides the first one; nil where there is nothing.
    private let second: Classifier?

    /// Pixels along each side of a patch.
    public var side: Int { card.input.width }
    /// Patches of larger images begin at multiples of so many pixels.
    var step: Int { classifier.step }

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
        let file: WeightFile
        do { file = try WeightFile(data: data, name: url.lastPathComponent) } catch { throw .weights(error) }
        var second: Classifier?
        if let look = card.secondLook {
            second = try classifier(look.architecture, file.secondLook, input: card.input, surroundings: nil)
        }
        let first = try classifier(card.architecture, second == nil ? file : file.firstLook, input: card.input, surroundings: card.surroundings)
        try check(card, first)
        if let from = card.secondLook?.from, !(0...1).contains(from) {
            throw .unsupportedInput(model: card.name, reason: "its second look begins at \(from), expected a probability from 0 to 1")
        }
        return CNNModel(id: ModelID(name: card.name, checksum: String(checksum.prefix(12))), card: card, classifier: first, second: second)
    }

    private static func classifier(
        _ name: String, _ weights: WeightFile, input: ModelCard.Input, surroundings: ModelCard.Surroundings?
    ) throws(ModelError) -> Classifier {
        guard let architecture = Architecture(name: name) else { throw .unknownArchitecture(name, known: Architecture.knownNames) }
        do {
            let description = try architecture.stored(channels: input.channels)
            return try Classifier(description, Parameters(weights: weights, for: description), input: input, surroundings: surroundings)
        } catch let error as WeightFileError {
            throw .weights(error)
        } catch let error as ShapeError {
            throw .shape(error)
        } catch {
            throw .unreadableWeights(path: weights.name, reason: String(describing: error))
        }
    }

    private static func check(_ card: ModelCard, _ network: Classifier) throws(ModelError) {
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
        if let surroundings = card.surroundings {
            guard surroundings.scale > 0, surroundings.scale.isFinite, surroundings.shift.isFinite, surroundings.pixels > 0 else {
                throw refuse(
                    "its surroundings have the scale \(surroundings.scale), the shift \(surroundings.shift) and \(surroundings.pixels) pixels")
            }
            guard network.canSlide else { throw refuse("its card has surroundings, but its network sees each patch alone") }
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

    /// The log-odds of deformation of each item of a batch, in one view.
    /// - Parameter batch: (batch, channels, side, side), in the card's encoding.
    /// - Throws: `ShapeError` where it has another shape.
    public func logOdds(of batch: Tensor, threads: Int) throws -> [Float] { try classifier.logOdds(of: batch, threads: threads) }

    /// The probability of deformation in each patch; what might be deformation is looked at turned by half too, what still might be then by
    /// the second network where there is one, and the mean of both networks' log-odds counts.
    /// - Parameters:
    ///   - patches: squares of the image they name, by its index in `images`; of images larger than a patch, at multiples of `step`.
    ///   - viewsFrom: a patch with a lower probability is not looked at again.
    ///   - threads: how many to use; the caller's thread waits.
    func probabilities(
        of patches: [(image: Int, origin: PatchOrigin)], in images: [GreyImage], viewsFrom: Double, threads: Int
    ) throws -> [Float] {
        let patches = patches.map { Classifier.Patch(image: $0.image, origin: $0.origin) }
        var result = try classifier.logOdds(of: patches, in: images, threads: threads)
        /// The mean of what is known of each one so far and another look.
        func look(_ network: Classifier, _ view: PatchView, at doubtful: [Int]) throws {
            let again = doubtful.map { Classifier.Patch(image: patches[$0].image, origin: patches[$0].origin, view: view) }
            for (index, odds) in zip(doubtful, try network.logOdds(ofEach: again, in: images, threads: threads)) {
                result[index] = (result[index] + odds) / 2
            }
        }
        let doubtful = result.indices.filter { Double(result[$0].logistic) >= viewsFrom }
        try look(classifier, .turnedByHalf, at: doubtful)
        if let second, let from = card.secondLook?.from {
            try look(second, .upright, at: doubtful.filter { Double(result[$0].logistic) >= from })
        }
        return result.map(\.logistic)
    }
}

extension Float {
    /// The probability with these log-odds.
    fileprivate var logistic: Float { 1 / (1 + exp(-self)) }
}
