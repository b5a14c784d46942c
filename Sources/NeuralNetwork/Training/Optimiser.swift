/// How gradients change weights.
public enum Optimiser: Hashable, Sendable, Codable {
    /// As PyTorch's SGD: velocity = momentum * velocity + gradient + decay * weight; weight -= rate * velocity.
    case sgd(momentum: Float = 0.9, weightDecay: Float = 0)
    /// Loshchilov and Hutter (2019), as PyTorch's AdamW.
    case adamW(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01)

    /// What it remembers of each weight from step to step.
    var memories: [String] {
        switch self {
        case .sgd: ["velocity"]
        case .adamW: ["mean", "square"]
        }
    }

    /// One step for some weights.
    /// - Parameters:
    ///   - step: how many steps this makes, 1 for the first.
    ///   - decays: whether weight decay applies to them.
    func update(
        _ weights: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, _ memories: [UnsafeMutablePointer<Float>],
        range: Range<Int>, rate: Float, step: Int, decays: Bool
    ) {
        switch self {
        case .sgd(let momentum, let weightDecay):
            let (velocity, decay) = (memories[0], decays ? weightDecay : 0)
            for i in range {
                velocity[i] = momentum * velocity[i] + (gradient[i] + decay * weights[i])
                weights[i] -= rate * velocity[i]
            }
        case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
            let (mean, square) = (memories[0], memories[1])
            let kept = 1 - rate * (decays ? weightDecay : 0)
            let meanRate = rate / (1 - Self.power(beta1, step))
            let rootCorrection = (1 - Self.power(beta2, step)).squareRoot()
            for i in range {
                mean[i] += (1 - beta1) * (gradient[i] - mean[i])
                square[i] = beta2 * square[i] + (1 - beta2) * gradient[i] * gradient[i]
                weights[i] = kept * weights[i] - meanRate * mean[i] / (square[i].squareRoot() / rootCorrection + epsilon)
            }
        }
    }

    /// base ^ exponent by squaring, in double: the same on every machine.
    private static func power(_ base: Float, _ exponent: Int) -> Float {
        var (result, factor, rest) = (1.0, Double(base), exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return Float(result)
    }
}
