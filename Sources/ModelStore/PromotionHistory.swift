public import FoundationEssentials

/// One order to put a model in force.
public struct Promotion: Hashable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable { case promotion, rollback }

    /// 1 for the first.
    public let number: Int
    public let kind: Kind
    public let from: ModelReference
    public let to: ModelReference
    public let who: String
    public let why: String
    public let at: Date

    public init(number: Int, kind: Kind, from: ModelReference, to: ModelReference, who: String, why: String, at: Date) {
        self.number = number
        self.kind = kind
        self.from = from
        self.to = to
        self.who = who
        self.why = why
        self.at = at
    }
}

/// Every promotion and rollback, oldest first; the last one says what is in force. A value: what a promotion does is decided here, and the
/// store only keeps it.
public struct PromotionHistory: Hashable, Codable, Sendable {
    public private(set) var promotions: [Promotion]

    public init() { promotions = [] }

    /// What is to judge; the shipped model where nothing was ever promoted.
    public var inForce: ModelReference { promotions.last?.to ?? .shipped }

    /// What a rollback leads to: the model before the last promotion that no rollback has undone. Nil where there is none.
    public var beforeInForce: ModelReference? {
        let stack = self.stack
        return stack.count > 1 ? stack[stack.count - 2] : nil
    }

    /// From the last one back: what could be in force instead, the nearest first, each once.
    public var fallbacks: [ModelReference] {
        var seen: Set<ModelReference> = [inForce]
        return (stack.reversed() + [.shipped]).filter { seen.insert($0).inserted }
    }

    /// A promotion lays its model on top, a rollback takes the top away.
    private var stack: [ModelReference] {
        promotions.reduce(into: [.shipped]) { stack, promotion in
            switch promotion.kind {
            case .promotion: stack.append(promotion.to)
            case .rollback: if stack.count > 1 { stack.removeLast() }
            }
        }
    }

    /// - Throws: `StoreError.alreadyInForce`.
    public mutating func promote(_ model: ModelReference, who: String, why: String, at now: Date) throws(StoreError) {
        guard model != inForce else { throw .alreadyInForce(model) }
        append(.promotion, model, who, why, now)
    }

    /// - Throws: `StoreError.nothingBefore`.
    public mutating func rollBack(who: String, why: String, at now: Date) throws(StoreError) {
        guard let before = beforeInForce else { throw .nothingBefore(inForce) }
        append(.rollback, before, who, why, now)
    }

    private mutating func append(_ kind: Promotion.Kind, _ to: ModelReference, _ who: String, _ why: String, _ now: Date) {
        promotions.append(Promotion(number: promotions.count + 1, kind: kind, from: inForce, to: to, who: who, why: why, at: now))
    }
}
