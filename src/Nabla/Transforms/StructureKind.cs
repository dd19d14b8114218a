using System.Collections;
using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// How structures of one type are taken apart and put together. Found by reflection when a type is first met; the delegates are
/// compiled expressions, which are interpreted where code cannot be generated.
/// </summary>
internal abstract class StructureKind
{
    private const string CloneMethod = "<Clone>$";

    private static readonly ConcurrentDictionary<Type, StructureKind> Known = new();

    /// <summary>Whether values of this type are kept as they are.</summary>
    public virtual bool HoldsNoTensors => false;

    /// <summary>Why the type cannot be used; null if it can.</summary>
    public virtual string? Problem => null;

    /// <summary>Hands all members of a value to the walk, in the order of another value of the type.</summary>
    public abstract void Collect(object value, object like, StructureWalk walk);

    /// <summary>A value like another, with the members that the walk gives.</summary>
    public abstract object Rebuild(object like, StructureWalk walk);

    public static StructureKind Of(Type type) => Known.TryGetValue(type, out StructureKind? kind) ? kind : Known.GetOrAdd(type, Find);

    /// <summary>Whether a type is that of numbers, texts and the like.</summary>
    public static bool IsConstant(Type type) => IsConstant(type, 0);

    // Structs of structs are looked into, but not for ever: one may hold an array of its own kind.
    private static bool IsConstant(Type type, int level)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || typeof(Delegate).IsAssignableFrom(type) || typeof(Type).IsAssignableFrom(type)) return true;
        if (type == typeof(string) || type == typeof(decimal) || type == typeof(Half) || type == typeof(BigInteger) || type == typeof(Shape) || type == typeof(Generator)) return true;
        if (type.IsArray) return IsConstant(type.GetElementType()!, level);
        return type.IsValueType && !type.IsGenericType && level < 8 && Array.TrueForAll(
            type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), field => field.FieldType != type && IsConstant(field.FieldType, level + 1));
    }

    private static StructureKind Find(Type type)
    {
        if (IsConstant(type)) return new ConstantKind();
        if (type.IsArray) return type.IsSZArray ? new ListKind(like => (IList)((Array)like).Clone(), type.GetElementType()!, fills: false) : new UnsupportedKind("Use an array of one axis, or of arrays.");
        if (typeof(IDictionary).IsAssignableFrom(type))
            return Maker(type, "Comparer") is { } make ? new DictionaryKind(like => (IDictionary)make(like), ItemType(type, typeof(IDictionary<,>), 1)) : new UnsupportedKind("Use a Dictionary.");
        if (typeof(IList).IsAssignableFrom(type))
        {
            Type element = ItemType(type, typeof(IList<>), 0);
            if (Maker(type, null) is { } make) return new ListKind(like => (IList)make(like), element, fills: true);

            // A list that cannot be made empty, such as a collection expression gives to an interface: an array in its place.
            return new ListKind(like => Array.CreateInstance(element, ((IList)like).Count), element, fills: false);
        }
        if (typeof(IEnumerable).IsAssignableFrom(type)) return new UnsupportedKind("Use an array, a List or a Dictionary.");
        return MemberKind.For(type);
    }

    private static Type ItemType(Type type, Type contract, int argument) =>
        type.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == contract)?.GetGenericArguments()[argument] ?? typeof(object);

    /// <summary>Makes an empty collection like another, with the same comparer if it has one.</summary>
    private static Func<object, object>? Maker(Type type, string? comparer)
    {
        ParameterExpression like = Expression.Parameter(typeof(object));
        Expression? made = null;
        if (comparer is not null && type.GetProperty(comparer) is { } property && type.GetConstructor([property.PropertyType]) is { } with)
            made = Expression.New(with, Expression.Property(Expression.Convert(like, type), property));
        else if (type.GetConstructor(Type.EmptyTypes) is { } plain)
            made = Expression.New(plain);
        return made is null ? null : Expression.Lambda<Func<object, object>>(Expression.Convert(made, typeof(object)), like).Compile();
    }

    private sealed class ConstantKind : StructureKind
    {
        public override bool HoldsNoTensors => true;

        public override void Collect(object value, object like, StructureWalk walk) { }

        public override object Rebuild(object like, StructureWalk walk) => like;
    }

    private sealed class UnsupportedKind(string problem) : StructureKind
    {
        public override string? Problem => problem;

        public override void Collect(object value, object like, StructureWalk walk) { }

        public override object Rebuild(object like, StructureWalk walk) => like;
    }

    /// <summary>Arrays, which are copied and overwritten, and lists, which are filled anew.</summary>
    private sealed class ListKind(Func<object, IList> make, Type element, bool fills) : StructureKind
    {
        public override bool HoldsNoTensors { get; } = IsConstant(element);

        public override void Collect(object value, object like, StructureWalk walk)
        {
            var items = (IList)value;
            var form = (IList)like;
            if (items.Count != form.Count) walk.MismatchedForm(value.GetType());
            for (int i = 0; i < items.Count; i++)
            {
                walk.Enter($"[{i}]");
                walk.Collect(items[i], form[i], element);
                walk.Leave();
            }
        }

        public override object Rebuild(object like, StructureWalk walk)
        {
            var items = (IList)like;
            IList made = make(like);
            for (int i = 0; i < items.Count; i++)
            {
                walk.Enter($"[{i}]");
                object? item = walk.Rebuild(items[i], element);
                if (fills) made.Add(item);
                else made[i] = item;
                walk.Leave();
            }
            return made;
        }
    }

    private sealed class DictionaryKind(Func<object, IDictionary> make, Type element) : StructureKind
    {
        public override bool HoldsNoTensors { get; } = IsConstant(element);

        public override void Collect(object value, object like, StructureWalk walk)
        {
            var items = (IDictionary)value;
            var form = (IDictionary)like;
            if (items.Count != form.Count) walk.MismatchedForm(value.GetType());
            foreach (DictionaryEntry entry in form)
            {
                walk.Enter($"[{entry.Key}]");
                if (!items.Contains(entry.Key)) walk.MismatchedForm(value.GetType());
                walk.Collect(items[entry.Key], entry.Value, element);
                walk.Leave();
            }
        }

        public override object Rebuild(object like, StructureWalk walk)
        {
            IDictionary made = make(like);
            foreach (DictionaryEntry entry in (IDictionary)like)
            {
                walk.Enter($"[{entry.Key}]");
                made[entry.Key] = walk.Rebuild(entry.Value, element);
                walk.Leave();
            }
            return made;
        }
    }

    /// <summary>Records, tuples and structs: a copy of the whole in which the members that may hold tensors are set.</summary>
    private sealed class MemberKind : StructureKind
    {
        private readonly (string Step, Type Type, Func<object, object?> Get)[] members;
        private readonly (string Step, Type Type, Func<object, object?> Get)[] constants;
        private readonly Func<object, object?[], object> build;

        // A number in a tuple that a function returns is a tensor that was forgotten; in a record it is what the type says.
        private readonly bool isTuple;

        private MemberKind(bool isTuple, (string, Type, Func<object, object?>)[] members, (string, Type, Func<object, object?>)[] constants, Func<object, object?[], object> build)
        {
            this.isTuple = isTuple;
            this.members = members;
            this.constants = constants;
            this.build = build;
        }

        public static StructureKind For(Type type)
        {
            MemberInfo[] all = [.. Members(type)];
            MemberInfo[] holders = [.. all.Where(member => !IsConstant(TypeOf(member)))];
            MethodInfo? clone = type.GetMethod(CloneMethod, Type.EmptyTypes);
            ParameterExpression like = Expression.Parameter(typeof(object)), values = Expression.Parameter(typeof(object?[]));
            Expression? built = null;
            if ((type.IsValueType || clone is not null) && Array.TrueForAll(holders, CanBeSet))
            {
                ParameterExpression copy = Expression.Variable(type);
                Expression source = Expression.Convert(like, type);
                var steps = new List<Expression> { Expression.Assign(copy, type.IsValueType ? source : Expression.Convert(Expression.Call(source, clone!), type)) };
                for (int i = 0; i < holders.Length; i++) steps.Add(Expression.Assign(Expression.MakeMemberAccess(copy, holders[i]), Value(i, TypeOf(holders[i]))));
                steps.Add(Expression.Convert(copy, typeof(object)));
                built = Expression.Block([copy], steps);
            }
            else if (MatchingConstructor(type, all) is { } constructor)
            {
                Expression[] arguments = [.. constructor.GetParameters().Select(parameter =>
                {
                    MemberInfo member = all.First(m => SameName(m, parameter));
                    int holder = Array.IndexOf(holders, member);
                    return holder >= 0 ? Value(holder, TypeOf(member)) : Expression.MakeMemberAccess(Expression.Convert(like, type), member);
                })];
                built = Expression.Convert(Expression.New(constructor, arguments), typeof(object));
            }
            if (built is null)
            {
                string? fixedMember = holders.FirstOrDefault(member => !CanBeSet(member))?.Name;
                return new UnsupportedKind(type.IsValueType || clone is not null
                    ? $"Its member {fixedMember} cannot be set: give it an init accessor."
                    : "Make it a record, or use a tuple, an array, a List or a Dictionary.");
            }
            var build = Expression.Lambda<Func<object, object?[], object>>(built, like, values).Compile();
            return new MemberKind(
                typeof(ITuple).IsAssignableFrom(type),
                [.. holders.Select(member => ("." + member.Name, TypeOf(member), Getter(type, member)))],
                [.. all.Except(holders).Select(member => ("." + member.Name, TypeOf(member), Getter(type, member)))], build);

            Expression Value(int i, Type of) => Expression.Convert(Expression.ArrayIndex(values, Expression.Constant(i)), of);
        }

        public override void Collect(object value, object like, StructureWalk walk)
        {
            foreach ((string step, Type type, Func<object, object?> get) in members)
            {
                walk.Enter(step);
                object? member = get(value);
                walk.Collect(member, ReferenceEquals(value, like) ? member : get(like), type);
                walk.Leave();
            }
            foreach ((string step, Type type, Func<object, object?> get) in constants)
            {
                walk.Enter(step);
                if (isTuple) walk.Constant(type);
                walk.Constants?.Add(get(value));
                walk.Leave();
            }
        }

        public override object Rebuild(object like, StructureWalk walk)
        {
            var values = new object?[members.Length];
            for (int i = 0; i < values.Length; i++)
            {
                walk.Enter(members[i].Step);
                values[i] = walk.Rebuild(members[i].Get(like), members[i].Type);
                walk.Leave();
            }
            return build(like, values);
        }

        /// <summary>What makes up a value: fields of structs, and properties that store something; not those that are computed.</summary>
        private static IEnumerable<MemberInfo> Members(Type type)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public).OrderBy(Depth).ThenBy(field => field.MetadataToken)) yield return field;
            bool isTuple = typeof(ITuple).IsAssignableFrom(type);
            foreach (PropertyInfo property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).OrderBy(Depth).ThenBy(property => property.MetadataToken))
            {
                if (property.GetIndexParameters().Length > 0 || !property.CanRead) continue;
                if (property.CanWrite || IsStored(property) || isTuple) yield return property;
            }

            static int Depth(MemberInfo member)
            {
                int depth = 0;
                for (Type? at = member.DeclaringType; at is not null; at = at.BaseType) depth++;
                return depth;
            }
        }

        private static bool IsStored(PropertyInfo property)
        {
            const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;
            Type owner = property.DeclaringType!;
            return owner.GetField($"<{property.Name}>k__BackingField", Private) is not null || owner.GetField($"<{property.Name}>i__Field", Private) is not null;
        }

        private static ConstructorInfo? MatchingConstructor(Type type, MemberInfo[] members) => Array.Find(type.GetConstructors(), constructor =>
        {
            ParameterInfo[] parameters = constructor.GetParameters();
            return parameters.Length == members.Length && Array.TrueForAll(parameters, parameter => Array.Exists(members, member => SameName(member, parameter)));
        });

        private static bool SameName(MemberInfo member, ParameterInfo parameter) =>
            string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase) && TypeOf(member) == parameter.ParameterType;

        private static Type TypeOf(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

        private static bool CanBeSet(MemberInfo member) => member is FieldInfo field ? !field.IsInitOnly : ((PropertyInfo)member).CanWrite;

        private static Func<object, object?> Getter(Type type, MemberInfo member)
        {
            ParameterExpression from = Expression.Parameter(typeof(object));
            return Expression.Lambda<Func<object, object?>>(Expression.Convert(Expression.MakeMemberAccess(Expression.Convert(from, type), member), typeof(object)), from).Compile();
        }
    }
}
