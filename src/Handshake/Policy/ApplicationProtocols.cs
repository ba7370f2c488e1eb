using System.Text;

namespace TlsProxy.Handshake.Policy;

/// <summary>The application protocols of one side, the preferred first (ALPN, RFC 7301).</summary>
internal sealed class ApplicationProtocols
{
    private const int NameMaximum = byte.MaxValue;

    private readonly IReadOnlyList<string> _names;
    private readonly byte[][] _encoded;

    /// <param name="names">As the IANA registry has them, such as <c>http/1.1</c>.</param>
    /// <exception cref="TlsConfigurationException">There is none, or one can't be sent.</exception>
    public ApplicationProtocols(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            throw new TlsConfigurationException("There is no application protocol: name one, such as http/1.1.");
        if (names.FirstOrDefault(name => name.Length is 0 or > NameMaximum || !Ascii.IsValid(name)) is { } wrong)
        {
            throw new TlsConfigurationException(
                $"'{wrong}' is not a valid application protocol: use a registered name of 1 to {NameMaximum} characters of ASCII.");
        }

        _names = names;
        _encoded = [.. names.Select(Encoding.ASCII.GetBytes)];
        Offer = _encoded.SelectMany(name => name.Prepend((byte)name.Length)).ToArray();
    }

    /// <summary>The list as a client sends it: names, each behind a byte with its length.</summary>
    public ReadOnlyMemory<byte> Offer { get; }

    /// <summary>Chooses the first of ours that a client offers.</summary>
    /// <param name="offered">Names, each behind a byte with its length.</param>
    /// <param name="chosen">Where the name stands in <paramref name="offered"/>.</param>
    /// <returns>False when the client offers none of them, which ends the handshake (RFC 7301, section 3.2).</returns>
    public bool TryChoose(ReadOnlySpan<byte> offered, out Range chosen)
    {
        foreach (var name in _encoded)
        {
            for (var place = 1; place <= offered.Length && offered[place - 1] <= offered.Length - place; place += offered[place - 1] + 1)
            {
                chosen = place..(place + offered[place - 1]);
                if (offered[chosen].SequenceEqual(name))
                    return true;
            }
        }

        chosen = default;
        return false;
    }

    /// <summary>Whether what a server has chosen is one of ours, or nothing.</summary>
    public bool IsOffered(ReadOnlySpan<byte> chosen)
    {
        foreach (var name in _encoded)
        {
            if (chosen.SequenceEqual(name))
                return true;
        }

        return chosen.IsEmpty;
    }

    /// <summary>The name of what was agreed on; null where nothing was. Names of ours aren't allocated.</summary>
    public string? NameOf(ReadOnlySpan<byte> agreed)
    {
        for (var i = 0; i < _encoded.Length; i++)
        {
            if (agreed.SequenceEqual(_encoded[i]))
                return _names[i];
        }

        return agreed.IsEmpty ? null : Encoding.Latin1.GetString(agreed);
    }
}
