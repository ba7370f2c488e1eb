using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>The content codings of a response (RFC 9110, section 8.4).</summary>
internal static class ContentCodings
{
    /// <summary>Whether the response's content is coded, so that not every client can read it.</summary>
    public static bool IsCoded(FieldTable response)
    {
        var codings = new CodingReader(response);
        return codings.TryNext(out _);
    }

    /// <summary>Whether two responses have the same codings in the same order; without them their bytes aren't of one content.</summary>
    public static bool AreEqual(FieldTable one, FieldTable other)
    {
        var left = new CodingReader(one);
        var right = new CodingReader(other);
        while (left.TryNext(out var coding))
        {
            if (!right.TryNext(out var counterpart) || !Ascii.EqualsIgnoreCase(coding, counterpart))
                return false;
        }

        return !right.TryNext(out _);
    }

    /// <summary>Reads the codings of all lines, without <c>identity</c>, which is none.</summary>
    private ref struct CodingReader(FieldTable fields)
    {
        private int _line = -1;
        private ReadOnlySpan<byte> _rest;

        public bool TryNext(out ReadOnlySpan<byte> coding)
        {
            while (true)
            {
                while (Tokens.TryNext(ref _rest, out coding))
                {
                    if (Ascii.EqualsIgnoreCase(coding, "identity"u8))
                        continue;
                    // Both names mean the same (RFC 9110, sections 8.4.1.1 and 8.4.1.3).
                    coding = coding.StartsWith("x-"u8) ? coding[2..] : coding;
                    return true;
                }

                _line = fields.Find("Content-Encoding"u8, _line + 1);
                if (_line < 0)
                    return false;
                _rest = fields.Value(_line);
            }
        }
    }
}
