/** Also taught: a monthly budget that warns before the money is gone. */

export const budgetTemplate = `AWSTemplateFormatVersion: "2010-09-09"
Description: Sagekeep lab 3, a monthly budget for the platform
Parameters:
  Platform:
    Type: String
  Amount:
    Type: Number
    Default: 500
    Description: USD a month
  Email:
    Type: String
    AllowedPattern: "[^@ ]+@[^@ ]+"
Resources:
  Monthly:
    Type: AWS::Budgets::Budget
    Properties:
      Budget:
        BudgetName: !Sub "\${Platform}-monthly"
        BudgetType: COST
        TimeUnit: MONTHLY
        BudgetLimit: { Amount: !Ref Amount, Unit: USD }
        CostFilters:
          TagKeyValue: [!Sub "user:platform$\${Platform}"]
      NotificationsWithSubscribers:
        - Notification:
            NotificationType: ACTUAL
            ComparisonOperator: GREATER_THAN
            Threshold: 50
            ThresholdType: PERCENTAGE
          Subscribers: [{ SubscriptionType: EMAIL, Address: !Ref Email }]
        - Notification:
            NotificationType: FORECASTED
            ComparisonOperator: GREATER_THAN
            Threshold: 100
            ThresholdType: PERCENTAGE
          Subscribers: [{ SubscriptionType: EMAIL, Address: !Ref Email }]
Outputs:
  Budget: { Value: !Ref Monthly }
`;
