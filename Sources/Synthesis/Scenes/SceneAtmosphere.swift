#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is in an interferogram's phase but does not come from the ground: turbulence and stratified delay of two acquisitions, ramps, steps
/// between bursts. Radians, not wrapped.
struct SceneAtmosphere {
    var phase: [Float]

    init(kind: SceneKind, odds: SceneOdds, terrain: SceneTerrain, using generator: inout SeededGenerator) {
        let side = terrain.side
        phase = Self.turbulence(kind, side: side, using: &generator)
        Self.add(Self.stratified(kind, odds, terrain, using: &generator), to: &phase)
        Self.add(Self.ramp(kind, side: side, using: &generator), to: &phase)
        if generator.chance(0.15) { Self.step(&phase, side: side, using: &generator) }
        let cloudy = kind == .turbulent ? 0.45 : kind == .stratified ? 0.2 : 0.1
        if generator.chance(cloudy) { Self.add(Self.clouds(terrain, using: &generator), to: &phase) }
        if generator.chance(0.06) { Self.add(Self.leeWaves(terrain, using: &generator), to: &phase) }
        if generator.chance(0.08) { Self.lavaFlow(&phase, terrain, using: &generator) }
    }

    private static func add(_ other: [Float], to phase: inout [Float]) {
        for i in phase.indices { phase[i] += other[i] }
    }

    /// The difference of two days' air, each a power law that is smoother at its small scales than the theory: real screens are.
    private static func turbulence(_ kind: SceneKind, side: Int, using generator: inout SeededGenerator) -> [Float] {
        var sum = [Float](repeating: 0, count: side * side)
        let strong = generator.chance(kind == .turbulent ? 0.45 : 0.08) ? generator.uniform(1.6...3.2) : 1
        // Some pairs are taken on two calm days.
        let calm = kind != .turbulent && generator.chance(0.3) ? 0.35 : 1
        let fields = SceneFields(
            side: side, slope: generator.uniform(3.2...5), longest: generator.logUniform(110...800), using: &generator)
        for field in [fields.first, fields.second] {
            // Metres of delay, standard deviation of one day over the field's whole period.
            let metres = exp(log(0.006) + 0.55 * generator.normal()) * strong * calm
            let scale = Float(min(max(metres, 0.001), 0.035) * 4 * .pi / LineOfSight.wavelength)
            for i in sum.indices { sum[i] += scale * field[i] }
        }
        return sum
    }

    /// Delay that goes with the elevation: linear or exponential in it, and not quite the same everywhere.
    private static func stratified(
        _ kind: SceneKind, _ odds: SceneOdds, _ terrain: SceneTerrain, using generator: inout SeededGenerator
    ) -> [Float] {
        let strength =
            switch odds {
            case .even: evenFringes(kind, relief: terrain.relief, using: &generator)
            case .natural: delay(kind, using: &generator) * terrain.relief / (LineOfSight.wavelength / 2)
            }
        let fringes = strength * (generator.chance(0.5) ? 1 : -1)
        let scaleHeight = generator.chance(0.5) ? generator.uniform(1000...4000) : 1e9
        let top = 1 - exp(-terrain.relief / scaleHeight)
        let uneven = Upsampled.noise(side: terrain.side, cells: 2 + Int(generator.uniform() * 6), using: &generator)
        let unevenness = Float(generator.uniform(0...0.35))
        let scale = Float(2 * .pi * fringes / top)
        return terrain.elevation.indices.map { i in
            let share = 1 - exp(-terrain.elevation[i] / Float(scaleHeight))
            return scale * share * (1 + unevenness * uneven[i])
        }
    }

    /// Fringes from the foot to the summit, evenly on a logarithmic scale, as far as 12 cm of delay for each kilometre allow.
    private static func evenFringes(_ kind: SceneKind, relief: Double, using generator: inout SeededGenerator) -> Double {
        let most = 0.12 * relief / (LineOfSight.wavelength / 2) / 1000
        return switch kind {
        case .stratified: min(generator.logUniform(0.7...7), most)
        case .deformation where generator.chance(0.25): min(generator.logUniform(0.4...2.5), most)
        default: min(abs(generator.normal()) * 0.45 * relief / 1000, most)
        }
    }

    /// Metres of delay for each metre of elevation: a few centimetres a kilometre, in damp air more than ten.
    static func delay(_ kind: SceneKind, using generator: inout SeededGenerator) -> Double {
        switch kind {
        case .stratified: generator.logUniform(0.02...0.14) / 1000
        case .deformation where generator.chance(0.25): generator.logUniform(0.008...0.06) / 1000
        default: min(abs(generator.normal()) * 0.0125, 0.12) / 1000
        }
    }

    /// Orbit errors, and the parallel, slightly bent fringes of the ionosphere.
    private static func ramp(_ kind: SceneKind, side: Int, using generator: inout SeededGenerator) -> [Float] {
        let fringes = kind == .ramp ? generator.logUniform(1.5...11) : abs(generator.normal()) * 0.6
        let angle = generator.uniform(0...(2 * .pi))
        let (a, b) = (cos(angle) * fringes * 2 * .pi, sin(angle) * fringes * 2 * .pi)
        let bend = generator.normal() * (kind == .ramp ? 0.25 * fringes : 0.25) * 2 * .pi
        let cross = generator.normal() * 0.25 * 2 * .pi
        let warp = kind == .ramp ? Upsampled.noise(side: side, cells: 3 + Int(generator.uniform() * 7), using: &generator) : []
        let warpSize = Float(generator.uniform(0...0.12) * fringes * 2 * .pi)
        return (0..<side * side).map { i in
            let (x, y) = (Double(i % side) / Double(side) - 0.5, Double(i / side) / Double(side) - 0.5)
            let plane = Float(a * x + b * y + bend * (x * x - y * y) + cross * x * y)
            return warp.isEmpty ? plane : plane + warpSize * warp[i]
        }
    }

    /// A step between bursts or sub-swaths: a straight line across the scene.
    private static func step(_ phase: inout [Float], side: Int, using generator: inout SeededGenerator) {
        let angle = (generator.chance(0.7) ? 0 : .pi / 2) + generator.uniform(-0.3...0.3)
        let (c, s, at) = (cos(angle), sin(angle), generator.uniform(-0.35...0.35) * Double(side))
        let (jump, slope) = (generator.uniform(-2.5...2.5), generator.normal() * 2 / Double(side))
        for y in 0..<side {
            for x in 0..<side {
                let beyond = (Double(y) - Double(side) / 2) * c - (Double(x) - Double(side) / 2) * s - at
                if beyond > 0 { phase[y * side + x] += Float(jump + slope * beyond) }
            }
        }
    }

    /// Moist air that stands over a summit or beside it: a bump of rings like a source's, but ragged, lobed and uneven inside.
    private static func clouds(_ terrain: SceneTerrain, using generator: inout SeededGenerator) -> [Float] {
        let side = terrain.side
        let fields = SceneFields(side: side, slope: generator.uniform(3...4.4), longest: generator.logUniform(60...260), using: &generator)
        var phase = [Float](repeating: 0, count: side * side)
        for _ in 0..<1 + Int(generator.uniform() * 2.6) {
            let spread = generator.chance(0.6) ? 25.0 : 150
            let (x0, y0) = (terrain.summit.x + generator.normal() * spread, terrain.summit.y + generator.normal() * spread)
            let radius = generator.logUniform(10...110), stretch = generator.uniform(0.6...1.6), turn = generator.uniform(0...(.pi))
            let size = Float(generator.logUniform(0.3...3) * 2 * .pi) * (generator.chance(0.5) ? 1 : -1)
            let ragged = generator.uniform(0.15...0.6), uneven = Float(generator.uniform(0.05...0.35)), edge = generator.uniform(1.2...4)
            for y in 0..<side {
                for x in 0..<side {
                    let (dx, dy) = (Double(x) - x0, Double(y) - y0)
                    let u = (dx * cos(turn) + dy * sin(turn)) * stretch, v = (dy * cos(turn) - dx * sin(turn)) / stretch
                    let distance = (u * u + v * v).squareRoot() / radius
                    guard distance < 4 else { continue }
                    let i = y * side + x
                    let bent = max(0, distance * (1 + ragged * Double(fields.first[i])))
                    phase[i] += size * Float(exp(-pow(bent, edge))) * (1 + uneven * fields.second[i])
                }
            }
        }
        return phase
    }

    /// Waves in the lee of mountains: parallel, weak, in trains.
    private static func leeWaves(_ terrain: SceneTerrain, using generator: inout SeededGenerator) -> [Float] {
        let side = terrain.side
        let angle = generator.uniform(0...(2 * .pi))
        let number = 2 * .pi / generator.uniform(40...140)
        let (kx, ky) = (cos(angle) * number, sin(angle) * number)
        let train = Upsampled.noise(side: side, cells: 3, using: &generator)
        let bend = Upsampled.noise(side: side, cells: 4, using: &generator)
        let size = Float(generator.uniform(0.5...2.5))
        return (0..<side * side).map { i in
            let angle = Float(kx * Double(i % side) + ky * Double(i / side)) + bend[i]
            return size * max(0, train[i]) * sin(angle)
        }
    }

    /// Fresh lava sinks as it cools, and old elevation is wrong on it: a lobed patch of its own phase.
    private static func lavaFlow(
        _ phase: inout [Float], _ terrain: SceneTerrain, using generator: inout SeededGenerator
    ) {
        let side = terrain.side
        let field = SceneFields(side: side, slope: 3.4, longest: 72, using: &generator).first
        let (x0, y0) = (terrain.summit.x + generator.normal() * 30, terrain.summit.y + generator.normal() * 30)
        let angle = generator.uniform(0...(2 * .pi)), reach = generator.uniform(20...70), breadth = generator.uniform(8...25)
        let offset = generator.uniform(-2.5...2.5), edge = generator.uniform(0.08...0.5)
        for y in 0..<side {
            for x in 0..<side {
                let (dx, dy) = (Double(x) - x0, Double(y) - y0)
                let along = (dx * cos(angle) + dy * sin(angle)) / reach - 0.8
                let across = (dy * cos(angle) - dx * sin(angle)) / breadth
                let inside = 1 - (along * along + across * across).squareRoot()
                guard inside > -1.5 else { continue }
                let rough = Double(field[y * side + x])
                phase[y * side + x] += Float(offset / (1 + exp(-(inside + 0.5 * rough) / edge)))
            }
        }
    }
}
