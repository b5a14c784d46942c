public import Detection
public import Domain
public import FoundationEssentials

/// The models of an installation, in a folder: `NAME@CHECKSUM.safetensors` with its card `NAME@CHECKSUM.json`, and `in-force.json`, the
/// history of promotions whose last entry says which model judges. Commands write it; the daemon only reads it, each second.
public struct ModelStore: Sendable {
    public let folder: URL
    /// The weights that come with the program.
    public let shipped: URL

    public init(folder: URL, shipped: URL) {
        self.folder = folder
        self.shipped = shipped
    }

    var historyFile: URL { folder.appendingPathComponent("in-force.json") }

    /// A model of the store, or the shipped one.
    public struct Entry: Sendable {
        public let reference: ModelReference
        /// Nil where the card or the weights are damaged.
        public let id: ModelID?
        public let card: ModelCard?
        public let weights: URL
        /// Of the weights; 0 where there are none.
        public let bytes: Int
        /// Why it cannot be used; nil where it can.
        public let problem: String?
    }

    // MARK: Reading

    public func weights(of reference: ModelReference) -> URL {
        switch reference {
        case .shipped: shipped
        case .installed(let id): folder.appendingPathComponent("\(id).safetensors")
        }
    }

    /// - Throws: `StoreError.unreadableHistory`.
    public func history() throws(StoreError) -> PromotionHistory {
        guard let data = try historyData() else { return PromotionHistory() }
        return try Self.history(data, path: historyFile.path)
    }

    /// The bytes of the history as they are now; nil where nothing was ever promoted.
    func historyData() throws(StoreError) -> Data? {
        do {
            return try Data(contentsOf: historyFile)
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return nil
        } catch {
            throw .unreadableHistory(path: historyFile.path, reason: "\(error)")
        }
    }

    static func history(_ data: Data, path: String) throws(StoreError) -> PromotionHistory {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do { return try decoder.decode(PromotionHistory.self, from: data) } catch {
            throw .unreadableHistory(path: path, reason: "\(error)")
        }
    }

    /// Reads a model with its weights and makes sure that it is the one that is meant.
    public func load(_ reference: ModelReference) throws(StoreError) -> CNNModel {
        let model: CNNModel
        do throws(ModelError) { model = try CNNModel.load(weights: weights(of: reference)) } catch {
            throw .unusable(reference, error)
        }
        if case .installed(let id) = reference, model.id != id { throw .otherModel(reference, found: model.id.description) }
        return model
    }

    /// All models, the shipped one first, then by name. Reads every weight file.
    public func entries() throws(StoreError) -> [Entry] { try references().map(entry) }

    public func entry(_ reference: ModelReference) -> Entry {
        let file = weights(of: reference)
        let bytes = (try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? Int ?? 0
        var card: ModelCard?
        do {
            card = try ModelCard(besideWeights: file)
            let model = try load(reference)
            return Entry(reference: reference, id: model.id, card: card, weights: file, bytes: bytes, problem: nil)
        } catch {
            return Entry(reference: reference, id: nil, card: card, weights: file, bytes: bytes, problem: "\(error)")
        }
    }

    /// The shipped model, then the installed ones.
    public func references() throws(StoreError) -> [ModelReference] {
        var names: [String] = []
        if FileManager.default.fileExists(atPath: folder.path) {
            do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
                throw .io(path: folder.path, reason: "\(error)")
            }
        }
        let suffix = ".safetensors"
        let ids = names.filter { $0.hasSuffix(suffix) }.compactMap { ModelID(storeName: String($0.dropLast(suffix.count))) }
        return [.shipped] + ids.sorted { ($0.name, $0.checksum) < ($1.name, $1.checksum) }.map(ModelReference.installed)
    }

    /// The model that a person means: `shipped`, a name, `name@checksum`, or the checksum's first digits.
    public func find(_ text: String) throws(StoreError) -> ModelReference {
        let all = try references()
        if let exact = all.first(where: { $0.description == text }) { return exact }
        let candidates = all.filter { reference in
            guard case .installed(let id) = reference else { return false }
            return id.name == text || (text.count >= 4 && id.checksum.hasPrefix(text)) || (text.contains("@") && "\(id)".hasPrefix(text))
        }
        guard let found = candidates.first else { throw .unknown(text, known: all.map(\.description)) }
        guard candidates.count == 1 else { throw .ambiguous(text, candidates: candidates.map(\.description)) }
        return found
    }

    // MARK: Changing

    /// Copies a model with its card into the store, after it was loaded once. The same model again changes nothing, or mends what was damaged.
    public func install(weights file: URL) throws(StoreError) -> ModelReference {
        let model: CNNModel
        let weights: Data
        let card: Data
        do {
            model = try CNNModel.load(weights: file)
            weights = try Data(contentsOf: file)
            card = try Data(contentsOf: ModelCard.location(besideWeights: file))
        } catch let error as ModelError {
            throw .notAModel(path: file.path, error)
        } catch {
            throw .io(path: file.path, reason: "\(error)")
        }
        guard ModelID.isStorable(name: model.id.name) else { throw .notStorable(name: model.id.name) }
        let lock = try lock()
        defer { lock.release() }
        try requireOneCard(model)
        let target = self.weights(of: .installed(model.id))
        // The card first: a model is listed by its weights, and then its card is there.
        try DurableFile.write(card, to: ModelCard.location(besideWeights: target))
        try DurableFile.write(weights, to: target)
        // The file may have been replaced between the two reads.
        _ = try load(.installed(model.id))
        return .installed(model.id)
    }

    /// Scores carry the model's name and the checksum of its weights: two cards by which the same weights say different things need two names.
    private func requireOneCard(_ model: CNNModel) throws(StoreError) {
        for reference in [ModelReference.shipped, .installed(model.id)] {
            // Nothing is there yet, or what is damaged is to be mended.
            guard let other = try? ModelCard(besideWeights: weights(of: reference)), other.name == model.id.name, other.sha256 == model.card.sha256
            else { continue }
            guard other.judges(like: model.card) else { throw .otherCard(reference) }
        }
    }

    /// Puts a model in force, after it was loaded once. Whenever the process is killed, either the old one or the new one is in force.
    public func promote(_ reference: ModelReference, who: String, why: String, at now: Date) throws(StoreError) -> Promotion {
        _ = try load(reference)
        return try edit { history throws(StoreError) in try history.promote(reference, who: who, why: why, at: now) }
    }

    /// Puts the model before back in force.
    public func rollBack(who: String, why: String, at now: Date) throws(StoreError) -> Promotion {
        try edit { history throws(StoreError) in
            try history.rollBack(who: who, why: why, at: now)
            _ = try load(history.inForce)
        }
    }

    private func edit(_ change: (inout PromotionHistory) throws(StoreError) -> Void) throws(StoreError) -> Promotion {
        let lock = try lock()
        defer { lock.release() }
        var history = try history()
        try change(&history)
        guard let last = history.promotions.last else { throw .nothingBefore(history.inForce) }
        try write(history)
        return last
    }

    func write(_ history: PromotionHistory, beforeRename: () throws -> Void = {}) throws(StoreError) {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data: Data
        do { data = try encoder.encode(history) } catch { throw .io(path: historyFile.path, reason: "\(error)") }
        try DurableFile.write(data, to: historyFile, beforeRename: beforeRename)
    }

    private func lock() throws(StoreError) -> StoreLock {
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        } catch {
            throw .io(path: folder.path, reason: "the model store cannot be made: \(error)")
        }
        return try StoreLock(path: folder.appendingPathComponent(".lock").path)
    }
}
