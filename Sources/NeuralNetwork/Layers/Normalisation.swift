/// Each channel is brought to mean 0 and variance 1, then scaled and shifted (Ioffe and Szegedy 2015).
///
/// In training by the batch's own statistics, which also move the running ones: running = (1 - momentum) running + momentum batch,
/// with the unbiased variance. At inference, and in a layer whose weights are frozen, by the running ones.
/// Weights: NAME.weight, NAME.bias, NAME.running_mean, NAME.running_var, each (channels).
public struct BatchNormalisation: Hashable, Sendable {
    public let name: String
    public let channels: Int
    /// Added to the variance.
    public let epsilon: Float
    public let momentum: Float

    public init(_ name: String, channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1) {
        precondition(channels > 0 && epsilon > 0, "a normalisation has channels and does not divide by 0")
        self.name = name
        self.channels = channels
        self.epsilon = epsilon
        self.momentum = momentum
    }
}

/// Each value is divided by (k + alpha / size * sum of squares over the neighbouring channels) ^ beta, as PyTorch's LocalResponseNorm.
///
/// Krizhevsky et al. (2012) do not divide alpha by the size: their alpha of 1e-4 over 5 channels is 5e-4 here.
public struct LocalResponseNormalisation: Hashable, Sendable {
    /// Channels in a neighbourhood, itself in the middle.
    public let size: Int
    public let alpha: Float
    public let beta: Float
    public let k: Float

    public init(size: Int = 5, alpha: Float = 5e-4, beta: Float = 0.75, k: Float = 2) {
        precondition(size > 0 && k > 0, "a neighbourhood has channels, and the divisor is not 0")
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
    }
}
