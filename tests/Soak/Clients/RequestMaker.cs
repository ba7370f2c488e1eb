using TlsProxy.Soak.Content;

namespace TlsProxy.Soak.Clients;

/// <summary>Makes a client's requests, by its own random numbers and by what it has learnt.</summary>
internal sealed class RequestMaker(Catalogue catalogue, Random random)
{
    private readonly Dictionary<(string Path, string Variant), string> _validators = [];
    private readonly Dictionary<(string Path, string Variant), int> _posted = [];

    public SoakRequest Next()
    {
        var target = catalogue.Pick(random);
        var language = SoakTarget.Languages[random.Next(SoakTarget.Languages.Length)];
        var key = (target.Path, target.VariantOf(language));
        var request = new SoakRequest("GET", target, language) { LeastVersion = _posted.GetValueOrDefault(key) };
        return random.Next(20) switch
        {
            0 => request with { Method = "HEAD" },
            1 => request with { Method = "POST", BodyLength = random.Next(1, random.Next(3) == 0 ? 200_000 : 2000) },
            2 => request with { Reloads = true },
            3 or 4 => request with { Validator = _validators.GetValueOrDefault(key) },
            5 or 6 or 7 => request with { Ranges = [Range(target.BaseLength)] },
            8 => request with { Ranges = Several(target.BaseLength, descending: false) },
            9 => request with { Ranges = Several(target.BaseLength, descending: true) },
            _ => request,
        };
    }

    /// <summary>Remembers what a whole answer told.</summary>
    public void Learn(SoakRequest request, int version, string? validator)
    {
        var key = (request.Target.Path, request.Variant);
        if (validator is not null)
            _validators[key] = validator;
        if (request.Method == "POST")
            _posted[key] = Math.Max(version, _posted.GetValueOrDefault(key));
    }

    private RequestedRange Range(int length)
    {
        var first = random.Next(length + 10);
        return random.Next(5) switch
        {
            0 => new RequestedRange(first, null),
            1 => new RequestedRange(null, random.Next(1, 5000)),
            _ => new RequestedRange(first, first + random.Next(50_000)),
        };
    }

    private RequestedRange[] Several(int length, bool descending)
    {
        var ranges = Enumerable.Range(0, random.Next(2, 6)).Select(_ => Range(length))
            .OrderBy(range => range.First ?? long.MaxValue).ToArray();
        if (descending)
            Array.Reverse(ranges);
        return ranges;
    }
}
