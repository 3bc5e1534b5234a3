namespace Transports.Testing;

/// <summary>Which packets a <see cref="LossModel"/> takes, and the state between them.</summary>
internal struct LossChain()
{
    private CorrelatedDraws _random = new(FaultFamily.Loss);
    private LossModel? _model;
    private LossState _state;

    private enum LossState
    {
        Good,
        GoodInBurst,
        LostInBurst,
        LostAlone,
        Bad,
    }

    /// <summary>Judges a packet. A copy is judged in the state its original met, and does not change it.</summary>
    public bool IsLost(LossModel? model, in Substreams streams, long packetNumber, bool isCopy)
    {
        if (!ReferenceEquals(model, _model) && model != _model)
        {
            _state = LossState.Good;
        }

        _model = model;
        switch (model)
        {
            case RandomLoss random:
                return _random.Happens(random.Probability, streams, packetNumber, isCopy, random.Correlation);
            case GilbertElliottLoss elliott:
                return IsLost(elliott, streams, packetNumber, isCopy);
            case MarkovLoss markov:
                var next = Next(markov, streams.Unit(FaultFamily.LossState, packetNumber, isCopy));
                _state = isCopy ? _state : next;
                return next is LossState.LostInBurst or LossState.LostAlone;
            default:
                return false;
        }
    }

    /// <summary>As netem: the state changes with the packet, but its fate is drawn in the state it came upon.</summary>
    private bool IsLost(GilbertElliottLoss model, in Substreams streams, long packetNumber, bool isCopy)
    {
        var isBad = _state == LossState.Bad;
        if (!isCopy && streams.Unit(FaultFamily.LossState, packetNumber) < (isBad ? model.ToGood : model.ToBad))
        {
            _state = isBad ? LossState.Good : LossState.Bad;
        }

        return streams.Unit(FaultFamily.Loss, packetNumber, isCopy) < (isBad ? model.LossInBad : model.LossInGood);
    }

    private readonly LossState Next(MarkovLoss model, double drawn) => _state switch
    {
        LossState.Good when drawn < model.P14 => LossState.LostAlone,
        LossState.Good when drawn < model.P13 + model.P14 => LossState.LostInBurst,
        LossState.GoodInBurst => drawn < model.P23 ? LossState.LostInBurst : LossState.GoodInBurst,
        LossState.LostInBurst when drawn < model.P32 => LossState.GoodInBurst,
        LossState.LostInBurst when drawn >= model.P31 + model.P32 => LossState.LostInBurst,
        _ => LossState.Good,
    };
}
