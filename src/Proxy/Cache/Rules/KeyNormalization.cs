using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Rules;

/// <summary>Makes one key of targets that stand for the same response. To normalise a normalised target changes nothing.</summary>
/// <param name="sortQuery">Parameters are ordered by name; those of one name keep their order.</param>
/// <param name="droppedParameters">Names of parameters that don't count; a <c>*</c> stands for any bytes.</param>
/// <param name="foldCase">A–Z of the path count as a–z.</param>
internal sealed class KeyNormalization(bool sortQuery, IReadOnlyList<string> droppedParameters, bool foldCase)
{
    // A query of more parameters stays as it is.
    private const int ParametersMaximum = 64;

    private readonly byte[][] _dropped = [.. droppedParameters.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Writes the part of the key that stands for a target, one character a byte and at most as many as the target has.</summary>
    /// <returns>Its length.</returns>
    public int Write(ReadOnlySpan<byte> target, Span<char> destination)
    {
        var mark = target.IndexOf((byte)'?');
        var path = mark < 0 ? target : target[..mark];
        var length = foldCase ? Lower(path, destination) : Encoding.Latin1.GetChars(path, destination);
        if (mark < 0)
            return length;
        var query = target[(mark + 1)..];
        Span<Range> parameters = stackalloc Range[ParametersMaximum];
        var count = Split(query, parameters);
        if (count < 0)
            return length + Encoding.Latin1.GetChars(target[mark..], destination[length..]);
        if (sortQuery)
            Sort(query, parameters[..count]);
        var separator = '?';
        foreach (var parameter in parameters[..count])
        {
            destination[length++] = separator;
            length += Encoding.Latin1.GetChars(query[parameter], destination[length..]);
            separator = '&';
        }

        return length;
    }

    /// <summary>The target that the key names.</summary>
    public byte[] TargetOf(ReadOnlySpan<byte> target)
    {
        var characters = new char[target.Length];
        return Encoding.Latin1.GetBytes(characters, 0, Write(target, characters));
    }

    /// <summary>Finds the parameters that count.</summary>
    /// <returns>How many there are, or -1 for too many.</returns>
    private int Split(ReadOnlySpan<byte> query, Span<Range> parameters)
    {
        var count = 0;
        for (var start = 0; start <= query.Length;)
        {
            var end = query[start..].IndexOf((byte)'&');
            end = end < 0 ? query.Length : start + end;
            if (!IsDropped(Name(query[start..end])))
            {
                if (count == parameters.Length)
                    return -1;
                parameters[count++] = start..end;
            }

            start = end + 1;
        }

        return count;
    }

    private bool IsDropped(ReadOnlySpan<byte> name)
    {
        foreach (var pattern in _dropped)
        {
            if (Glob.Matches(pattern, name))
                return true;
        }

        return false;
    }

    /// <summary>By insertion: it is stable, and the lists are short.</summary>
    private static void Sort(ReadOnlySpan<byte> query, Span<Range> parameters)
    {
        for (var i = 1; i < parameters.Length; i++)
        {
            var moved = parameters[i];
            var name = Name(query[moved]);
            var place = i;
            for (; place > 0 && Name(query[parameters[place - 1]]).SequenceCompareTo(name) > 0; place--)
                parameters[place] = parameters[place - 1];
            parameters[place] = moved;
        }
    }

    private static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> parameter)
    {
        var equals = parameter.IndexOf((byte)'=');
        return equals < 0 ? parameter : parameter[..equals];
    }

    private static int Lower(ReadOnlySpan<byte> path, Span<char> destination)
    {
        for (var i = 0; i < path.Length; i++)
            destination[i] = (char)(path[i] is >= (byte)'A' and <= (byte)'Z' ? path[i] | 0x20 : path[i]);
        return path.Length;
    }
}
